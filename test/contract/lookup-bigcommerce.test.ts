/**
 * BigCommerce's look-ups: ids are of one store each, and an answer leads to the id that was asked about.
 */
import { expect, test } from "vitest";
import bigcommerce from "../../adapters/bigcommerce.ts";

const ask = (kind: string, id: string) => bigcommerce.lookup?.request({ kind, id, role: "person" }, "key") ?? null;

test("asks the store that the id is of, and no other address", () => {
  expect(ask("order", "v5zap/173331")).toEqual({
    host: "api.bigcommerce.com",
    path: "/stores/v5zap/v2/orders/173331",
    headers: { "x-auth-token": "key", accept: "application/json" },
  });
  expect(ask("cart_of_store", "v5zap/0934-44fd")?.path).toBe("/stores/v5zap/v3/carts/0934-44fd");
  expect([ask("order", "../173331"), ask("order", "v5zap/../1"), ask("cart", "v5zap/1"), ask("toString", "v5zap/1")]).toEqual(
    Array(4).fill(null),
  );
});

test("an order names its buyer, a guest too", () => {
  const order = {
    id: 173331,
    customer_id: 0,
    billing_address: { first_name: "Ada", last_name: "Example", email: "ada@example.com" },
    products: { url: "https://api.bigcommerce.com/stores/v5zap/v2/orders/173331/products", resource: "/orders/173331/products" },
  };
  const ids = (customer_id: number) => bigcommerce.lookup?.read({ ...order, customer_id })?.map(({ person }) => person.ids);
  expect(bigcommerce.lookup?.read(order)).toMatchObject([
    { person: { email: { value: "ada@example.com", trust: "claimed" } }, traits: { first_name: "Ada" } },
  ]);
  expect(ids(0)).toEqual([[{ kind: "order", id: "v5zap/173331", role: "person" }]]);
  expect(ids(32)?.[0]).toContainEqual({ kind: "customer", id: "v5zap/32", role: "person" });
});

test("a cart and a customer do too; other answers name nobody", () => {
  const cart = { data: { id: "09346904-4175-44fd-be53-f7e598531b6c", email: "ada@example.com" } };
  expect(bigcommerce.lookup?.read(cart)).toMatchObject([{ person: { ids: [{ kind: "cart", id: cart.data.id }] } }]);
  const customer = {
    id: 32,
    email: "ada@example.com",
    addresses: { url: "https://api.bigcommerce.com/stores/v5zap/v2/customers/32/addresses" },
  };
  expect(bigcommerce.lookup?.read(customer)).toMatchObject([{ person: { ids: [{ kind: "customer", id: "v5zap/32" }] } }]);
  expect(bigcommerce.lookup?.read({ title: "not found" })).toBeNull();
});
