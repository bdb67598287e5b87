"""
The reference of the API: a page that is read from the OpenAPI document.

document → operations (with their fields and types) → the page.
"""
