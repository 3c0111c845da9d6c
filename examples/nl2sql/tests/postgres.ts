/** A PostgreSQL with the shop in it, for the tests of one file. */
import { startPostgres } from "../../../tests/support/servers/postgres.ts";
import { generateShop } from "../src/data/generate.ts";
import { loadPostgres } from "../src/data/load-postgres.ts";

export interface ShopServer {
  /** Of the superuser. */
  readonly adminUrl: string;
  /** Of the role that the application has. */
  readonly readerUrl: string;
  kill(): Promise<void>;
  restart(): Promise<void>;
  close(): Promise<void>;
}

export async function shopServer(): Promise<ShopServer> {
  const server = await startPostgres();
  await loadPostgres(server.url, generateShop(), { role: "asker", password: "asker" });
  return {
    adminUrl: server.url,
    readerUrl: server.urlOf("postgres", "asker"),
    kill: () => server.kill(),
    restart: () => server.restart(),
    close: () => server.close(),
  };
}
