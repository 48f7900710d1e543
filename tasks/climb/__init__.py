"""CLIMB: documents that the free readers could not settle are asked about, tier by tier, until they are."""
