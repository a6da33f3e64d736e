"""Education cloud: schools and what people have learned."""
