"""The templates that the programme's office fills in, made from the contracts. May not read what was filled in."""
