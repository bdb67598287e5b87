CREATE TABLE region (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE customer (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL, region_id INTEGER NOT NULL REFERENCES region (id),
  segment INTEGER NOT NULL, signed_up DATE NOT NULL, credit_limit REAL NOT NULL, blocked INTEGER NOT NULL
);
CREATE TABLE supplier (id INTEGER PRIMARY KEY, name TEXT NOT NULL, country TEXT NOT NULL);
CREATE TABLE category (id INTEGER PRIMARY KEY, name TEXT NOT NULL, parent_id INTEGER REFERENCES category (id));
CREATE TABLE article (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL, category_id INTEGER NOT NULL REFERENCES category (id),
  supplier_id INTEGER NOT NULL REFERENCES supplier (id), list_price REAL NOT NULL, cost REAL NOT NULL,
  discontinued DATE
);
CREATE TABLE warehouse (id INTEGER PRIMARY KEY, name TEXT NOT NULL, region_id INTEGER NOT NULL REFERENCES region (id));
CREATE TABLE stock (
  article_id INTEGER NOT NULL REFERENCES article (id), warehouse_id INTEGER NOT NULL REFERENCES warehouse (id),
  quantity INTEGER NOT NULL, PRIMARY KEY (article_id, warehouse_id)
);
CREATE TABLE team (id INTEGER PRIMARY KEY, name TEXT NOT NULL, region_id INTEGER NOT NULL REFERENCES region (id));
CREATE TABLE employee (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL, team_id INTEGER NOT NULL REFERENCES team (id),
  hired DATE NOT NULL, left_on DATE
);
CREATE TABLE orders (
  id INTEGER PRIMARY KEY, customer_id INTEGER NOT NULL REFERENCES customer (id),
  employee_id INTEGER REFERENCES employee (id), placed DATE NOT NULL, status INTEGER NOT NULL,
  channel TEXT NOT NULL, shipping_fee REAL NOT NULL
);
CREATE TABLE order_line (
  order_id INTEGER NOT NULL REFERENCES orders (id), line_no INTEGER NOT NULL,
  article_id INTEGER NOT NULL REFERENCES article (id), quantity INTEGER NOT NULL, unit_price REAL NOT NULL,
  discount REAL NOT NULL, PRIMARY KEY (order_id, line_no)
);
CREATE TABLE payment (
  id INTEGER PRIMARY KEY, order_id INTEGER NOT NULL REFERENCES orders (id), paid_on DATE NOT NULL,
  amount REAL NOT NULL, method INTEGER NOT NULL
);
CREATE TABLE shipment (
  id INTEGER PRIMARY KEY, order_id INTEGER NOT NULL REFERENCES orders (id),
  warehouse_id INTEGER NOT NULL REFERENCES warehouse (id), sent_on DATE NOT NULL, delivered_on DATE
);
CREATE TABLE return_item (
  id INTEGER PRIMARY KEY, order_id INTEGER NOT NULL REFERENCES orders (id), line_no INTEGER NOT NULL,
  returned_on DATE NOT NULL, quantity INTEGER NOT NULL, reason INTEGER NOT NULL
);
CREATE TABLE ticket (
  id INTEGER PRIMARY KEY, customer_id INTEGER NOT NULL REFERENCES customer (id),
  employee_id INTEGER REFERENCES employee (id), opened DATE NOT NULL, closed DATE, priority INTEGER NOT NULL
);
