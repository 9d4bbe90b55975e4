"""What a rule says about itself."""
