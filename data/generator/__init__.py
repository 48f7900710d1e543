"""Makes `data/samples`: documents as they arrive in a real inbox, each with its known truth.

Content (`invoices`, `vendors`), wording (`words`), notation (`locales`) and placing (`layouts`) are independent of each
other: any invoice can be drawn in any layout, wording and face, and the sheet it is drawn on notes which fields became
visible, so the truth follows from what was printed. `wide` draws any number of papers from the whole product
by seed, with invented companies (`companies`), further wordings (`more_words.toml`) and freely composed layouts.
"""
