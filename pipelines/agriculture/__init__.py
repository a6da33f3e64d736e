"""Agriculture cloud: the Agriculture and Food Agency, the weather of farms."""
