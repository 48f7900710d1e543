"""The class model: the papers it learns from, how it is fitted, and how good it is."""
