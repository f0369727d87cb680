"""The same for programs and pages: CSV, JSON, SVG."""
