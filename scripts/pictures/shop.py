"""The data source of the pictures, and questions about it."""

from __future__ import annotations

SHOP = """
CREATE TABLE product (id INTEGER PRIMARY KEY, name TEXT NOT NULL, category TEXT NOT NULL);
CREATE TABLE sale (id INTEGER PRIMARY KEY, product_id INTEGER NOT NULL REFERENCES product (id), amount INTEGER NOT NULL, year INTEGER NOT NULL);
INSERT INTO product VALUES (1, 'Desk', 'Furniture'), (2, 'Lamp', 'Light'), (3, 'Chair', 'Furniture'), (4, 'Paper', 'Supplies');
INSERT INTO sale VALUES (1, 1, 420, 2025), (2, 2, 180, 2025), (3, 3, 260, 2025), (4, 4, 95, 2025), (5, 2, 140, 2025), (6, 4, 60, 2024);
"""  # noqa: E501 — a table a line
SOURCES = """
sources:
  shop: {url: "sqlite:///FOLDER/shop.db", title: Our shop, groups: [Sales], tables: [product, sale], run: true}
"""  # noqa: E501 — one line of YAML
QUESTION = "How much did each category sell in 2025?"
SQL = """```sql
SELECT p.category, SUM(s.amount) AS sold FROM sale AS s JOIN product AS p ON p.id = s.product_id
WHERE s.year = 2025 GROUP BY p.category ORDER BY sold DESC
```"""
CHANGE = "also the number of sales"
CHANGED = """```sql
SELECT p.category, SUM(s.amount) AS sold, COUNT(*) AS sales FROM sale AS s
JOIN product AS p ON p.id = s.product_id WHERE s.year = 2025 GROUP BY p.category ORDER BY sold DESC
```"""
CONFIRMED_QUESTION = "Which products were not sold in 2024?"
CONFIRMED = """```sql
SELECT p.name FROM product AS p
WHERE NOT EXISTS (SELECT 1 FROM sale AS s WHERE s.product_id = p.id AND s.year = 2024)
```"""
READINGS_QUESTION = "How many sales did each category have?"
READINGS = (
    """```sql
SELECT p.category, COUNT(s.id) AS sales FROM product AS p LEFT JOIN sale AS s ON s.product_id = p.id
GROUP BY p.category
```""",
    """```sql
SELECT p.category, COUNT(s.id) AS sales FROM product AS p JOIN sale AS s ON s.product_id = p.id
GROUP BY p.category
```""",
)
