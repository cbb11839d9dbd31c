"""Edition → pages. May not query the warehouse, nor show a number that is not in the edition."""
