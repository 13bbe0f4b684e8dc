"""What a service task may ask for."""
