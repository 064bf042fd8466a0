"""What a text says: case facts, treatment and adverse-effect statements, co-mentions."""
