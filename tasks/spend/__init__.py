"""SPEND: paid calls, each of them in the journal before it is made, none beyond the budget, none paid twice."""
