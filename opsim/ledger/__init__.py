"""Money: double-entry postings in integer fen, contracts, subsidies, cross-subsidy and statements."""
