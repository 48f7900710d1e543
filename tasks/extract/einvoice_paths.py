"""Where each EN 16931 term stands in the XML of each e-invoice format, as XPath, the preferred place first.

Of ours, because `facturx.parse_xml` knows no ZUGFeRD 1, keeps no path, loses the document on one bad date, and costs
0.4 s to import; what that library writes, the tests read with these. BT numbers are of EN 16931-1; `$currency` is BT-5.
"""

from dataclasses import dataclass

_UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
_UNECE = "urn:un:unece:uncefact:data:"


@dataclass(frozen=True, slots=True)
class Dialect:
    """One XML format: the namespace of each prefix, its places by field, its lines and their places by field.

    `kind` is where the document's UNTDID 1001 code stands, `base` (of `line_fields`) how many units a price is for.
    """

    namespaces: dict[str, str]
    kind: str
    fields: dict[str, tuple[str, ...]]
    lines: str
    line_fields: dict[str, str]


def _ubl(kind: str, quantity: str) -> Dialect:
    """UBL 2.1; `kind` and `quantity` differ between invoice and credit note."""
    seller, buyer = "cac:AccountingSupplierParty/cac:Party", "cac:AccountingCustomerParty/cac:Party"
    name = ("cac:PartyLegalEntity/cbc:RegistrationName", "cac:PartyName/cbc:Name")
    vat = ("cac:PartyTaxScheme[cac:TaxScheme/cbc:ID='VAT']/cbc:CompanyID", "cac:PartyTaxScheme/cbc:CompanyID")
    totals = "cac:LegalMonetaryTotal"
    return Dialect(
        namespaces={"cac": _UBL + "CommonAggregateComponents-2", "cbc": _UBL + "CommonBasicComponents-2"},
        kind=f"cbc:{kind}TypeCode",
        fields={
            "invoice_number": ("cbc:ID",),
            "issue_date": ("cbc:IssueDate",),
            "due_date": ("cbc:DueDate", "cac:PaymentMeans/cbc:PaymentDueDate"),
            "currency": ("cbc:DocumentCurrencyCode",),
            "purchase_order_number": ("cac:OrderReference/cbc:ID",),
            "seller_name": tuple(f"{seller}/{path}" for path in name),
            "seller_vat_id": tuple(f"{seller}/{path}" for path in vat),
            "buyer_name": tuple(f"{buyer}/{path}" for path in name),
            "buyer_vat_id": (f"{buyer}/{vat[0]}",),
            "iban": ("cac:PaymentMeans/cac:PayeeFinancialAccount/cbc:ID",),
            "net_total": (f"{totals}/cbc:TaxExclusiveAmount",),
            "tax_total": ("cac:TaxTotal/cbc:TaxAmount[@currencyID=$currency]", "cac:TaxTotal/cbc:TaxAmount[1]"),
            "gross_total": (f"{totals}/cbc:TaxInclusiveAmount",),
            "amount_due": (f"{totals}/cbc:PayableAmount",),
        },
        lines=f"cac:{kind}Line",
        line_fields={
            "description": "cac:Item/cbc:Name",
            "quantity": f"cbc:{quantity}",
            "price": "cac:Price/cbc:PriceAmount",
            "base": "cac:Price/cbc:BaseQuantity",
            "net_amount": "cbc:LineExtensionAmount",
            "tax_rate": "cac:Item/cac:ClassifiedTaxCategory/cbc:Percent",
        },
    )


_CII_TOTALS = "{settlement}/ram:SpecifiedTradeSettlement{header}MonetarySummation"
_CII_FIELDS: dict[str, tuple[str, ...]] = {
    "invoice_number": ("{document}/ram:ID",),
    "issue_date": ("{document}/ram:IssueDateTime/udt:DateTimeString",),
    "due_date": ("{settlement}/ram:SpecifiedTradePaymentTerms/ram:DueDateDateTime/udt:DateTimeString",),
    "currency": ("{settlement}/ram:InvoiceCurrencyCode",),
    "purchase_order_number": ("{agreement}/ram:BuyerOrderReferencedDocument/ram:{reference}",),
    "seller_name": ("{agreement}/ram:SellerTradeParty/ram:Name",),
    "seller_vat_id": (
        "{agreement}/ram:SellerTradeParty/ram:SpecifiedTaxRegistration/ram:ID[@schemeID='VA']",
        "{agreement}/ram:SellerTradeParty/ram:SpecifiedTaxRegistration/ram:ID",
    ),
    "buyer_name": ("{agreement}/ram:BuyerTradeParty/ram:Name",),
    "buyer_vat_id": ("{agreement}/ram:BuyerTradeParty/ram:SpecifiedTaxRegistration/ram:ID[@schemeID='VA']",),
    "iban": (
        "{settlement}/ram:SpecifiedTradeSettlementPaymentMeans/ram:PayeePartyCreditorFinancialAccount/ram:IBANID",
    ),
    "net_total": (_CII_TOTALS + "/ram:TaxBasisTotalAmount",),
    "tax_total": (
        _CII_TOTALS + "/ram:TaxTotalAmount[@currencyID=$currency]",
        _CII_TOTALS + "/ram:TaxTotalAmount[1]",
    ),
    "gross_total": (_CII_TOTALS + "/ram:GrandTotalAmount",),
    "amount_due": (_CII_TOTALS + "/ram:DuePayableAmount",),
}
_CII_LINE_FIELDS = {
    "description": "ram:SpecifiedTradeProduct/ram:Name",
    "quantity": "ram:Specified{line}TradeDelivery/ram:BilledQuantity",
    "price": "ram:Specified{line}TradeAgreement/ram:NetPriceProductTradePrice/ram:ChargeAmount",
    "base": "ram:Specified{line}TradeAgreement/ram:NetPriceProductTradePrice/ram:BasisQuantity",
    "net_amount": (
        "ram:Specified{line}TradeSettlement/ram:SpecifiedTradeSettlement{sum}MonetarySummation/ram:LineTotalAmount"
    ),
    "tax_rate": "ram:Specified{line}TradeSettlement/ram:ApplicableTradeTax/ram:{rate}",
}


def _cii(namespaces: dict[str, str], transaction: str, **names: str) -> Dialect:
    """UN/CEFACT Cross Industry Invoice; `names` are the elements that were renamed between its versions."""
    parts = {
        **names,
        "agreement": f"{transaction}/ram:Applicable{names['part']}TradeAgreement",
        "settlement": f"{transaction}/ram:Applicable{names['part']}TradeSettlement",
    }
    lines = f"{transaction}/ram:IncludedSupplyChainTradeLineItem"
    status = "ram:AssociatedDocumentLineDocument/ram:LineStatusReasonCode"
    return Dialect(
        namespaces=namespaces,
        kind=names["document"] + "/ram:TypeCode",
        fields={field: tuple(path.format(**parts) for path in paths) for field, paths in _CII_FIELDS.items()},
        lines=f"{lines}[not({status}='GROUP' or {status}='INFORMATION')]",
        line_fields={field: path.format(**parts) for field, path in _CII_LINE_FIELDS.items()},
    )


_CII_100 = _cii(
    {
        "rsm": _UNECE + "standard:CrossIndustryInvoice:100",
        "ram": _UNECE + "standard:ReusableAggregateBusinessInformationEntity:100",
        "udt": _UNECE + "standard:UnqualifiedDataType:100",
    },
    "rsm:SupplyChainTradeTransaction",
    document="rsm:ExchangedDocument",
    part="Header",
    header="Header",
    reference="IssuerAssignedID",
    line="Line",
    sum="Line",
    rate="RateApplicablePercent",
)
_ZUGFERD_1 = _cii(
    {
        "rsm": "urn:ferd:CrossIndustryDocument:invoice:1p0",
        "ram": _UNECE + "standard:ReusableAggregateBusinessInformationEntity:12",
        "udt": _UNECE + "standard:UnqualifiedDataType:15",
    },
    "rsm:SpecifiedSupplyChainTradeTransaction",
    document="rsm:HeaderExchangedDocument",
    part="SupplyChain",
    header="",
    reference="ID",
    line="SupplyChain",
    sum="",
    rate="ApplicablePercent",
)

DIALECTS: dict[str, Dialect] = {
    f"{{{_UBL}Invoice-2}}Invoice": _ubl("Invoice", "InvoicedQuantity"),
    f"{{{_UBL}CreditNote-2}}CreditNote": _ubl("CreditNote", "CreditedQuantity"),
    f"{{{_CII_100.namespaces['rsm']}}}CrossIndustryInvoice": _CII_100,
    f"{{{_ZUGFERD_1.namespaces['rsm']}}}CrossIndustryDocument": _ZUGFERD_1,
}
"""By the qualified name of the root element: UBL 2.1, UN/CEFACT CII (Factur-X, ZUGFeRD 2, XRechnung), ZUGFeRD 1."""
