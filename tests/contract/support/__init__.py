"""What the contract tests share beside the cases: letters, accounts, posts, errors."""
