// Public API of "@recloser/dashboard/node", made by `npm run api` and compared in CI.

// uses node:http
export {
  NodeRequest,
  nodeHandler,
};

// dashboard

export interface Dashboard extends AsyncDisposable {
    (request: Request, peer?: Peer): Promise<Response>;
    close(): Promise<void>;
}

// http/access

export interface Peer {
    readonly remoteAddress?: string | undefined;
}

// node

export type NodeRequest = IncomingMessage & {
    readonly originalUrl?: string;
    readonly body?: unknown;
};
export declare function nodeHandler(dashboard: Dashboard): (request: NodeRequest, response: ServerResponse) => Promise<void>;
