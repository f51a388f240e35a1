"""Pages of the visits: on site, the ledger, the enterprise's, the regulator's answers."""
