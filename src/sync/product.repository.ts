import type { ProductRow } from "../connectors/connector.ts";
import type { Database } from "../database/database.ts";
import type { ProductModel } from "../database/generated/sqlite/models.ts";
import { UpstreamRowRepository } from "./upstream-row.repository.ts";

export type ProductRepository = UpstreamRowRepository<ProductRow, ProductModel>;

/** Products, searchable by name and stock-keeping unit. */
export function createProductRepository(database: Database): ProductRepository {
  return new UpstreamRowRepository<ProductRow, ProductModel>(database, {
    name: "Product",
    idPrefix: "product",
    columns: { name: "TEXT", sku: "TEXT", price: "TEXT" },
    valuesOf: ({ name, sku, price }) => ({ name, sku, price }),
    nameOf: ({ name }) => name,
    searchedOf: ({ sku }) => [sku],
    findMany: (client, query) => client.product.findMany(query),
    findById: (client, id) => client.product.findUnique({ where: { id } }),
  });
}
