"""Health cloud: clinics, diseases, vectors."""
