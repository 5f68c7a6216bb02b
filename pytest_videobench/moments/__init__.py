"""What happens in a clip that is worth a look: places where matter changes, and moments for a person."""
