"""The open-government data lakehouse: agency files in, trusted cross-agency tables out."""

__version__ = "0.1.0"
