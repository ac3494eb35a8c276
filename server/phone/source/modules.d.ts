// What modules are that TypeScript does not find by itself: clients as they are, and texts by language.

declare module "words:*" {
  const texts: Record<string, string>;
  export default texts;
}

declare module "clients/connection.js" {
  export class Problem extends Error {
    status: number;
    code?: string;
    detail?: string;
    reason?: string;
    retryAfter?: number;
    errors?: unknown;
    constructor(status: number, document: object, retryAfter?: number);
  }
  type Connection = (path: string, options?: { method?: string; query?: object; body?: unknown }) => Promise<any>;
  export function connect(account: { server: string; timeline: string; token: string }): Connection;
}

declare module "clients/tables.js" {
  export const TABLES: Record<string, Record<string, string>>;
}

declare module "clients/rxdb.js" {
  export const conflictHandler: any;
  export function keepTime(database: any): Promise<void>;
  export function syncTimeline(database: any, connection: any): Promise<void>;
}

declare module "clients/accesses.js" {
  type Head = { count: number; head: string };
  export const NOTHING_READ: Head;
  export function checkAccesses(connection: any, timeline: string, kept?: Head): Promise<Head & { brokenAt: number | null }>;
}

declare module "clients/photos.js" {
  type Account = { server: string; timeline: string; token: string };
  export function uploadPhoto(account: Account, photo: object, file: Blob, options?: object): Promise<void>;
  export function putPhoto(account: Account, photo: object, bytes: Uint8Array): Promise<void>;
}

/** What the service worker keeps, and the version of it: filled in when it is built. */
declare const PRECACHED: string[];
declare const VERSION: string;

/** Base64 of the public keys that are trusted to sign bundles, from mobile_models/keys.py: filled in when it is built. */
declare const RELEASE_KEYS: string[];

declare module "lesions" {
  export const TYPES: string[];
  export const GROUPS: Record<string, number[]>;
  export const VIEWS: string[];
  export const ZONES: string[];
  export class Model {
    [member: string]: any;
    constructor(manifest: any, file?: string);
  }
  export function compare(model: any, assessed: any[]): { visits: number[][]; zones: string[]; breaks: number[] };
  export function follow(table: any, visits: number[][], changes?: number[], breaks?: number[], find?: boolean): any[];
}

declare module "accounts/ages.json" {
  export const countries: string;
}
