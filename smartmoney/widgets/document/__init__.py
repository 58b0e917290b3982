"""Pages as documents: each part of a page turned into markup, in one place, by templates that escape every value."""
