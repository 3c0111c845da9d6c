// Public API of "@recloser/dashboard", made by `npm run api` and compared in CI.

// uses recloser
// uses recloser/history
export {
  BreakerView,
  Dashboard,
  DashboardOptions,
  DemoCounts,
  DemoNow,
  DemoPointer,
  DemoReplica,
  DemoSecond,
  DemoSwitch,
  DemoView,
  DemoWish,
  Demonstration,
  EventView,
  HoldView,
  OverrideView,
  RecordView,
  ReplicaView,
  SamplePoint,
  TripRules,
  createDashboard,
};

// dashboard

export interface Dashboard extends AsyncDisposable {
    (request: Request, peer?: Peer): Promise<Response>;
    close(): Promise<void>;
}
export declare function createDashboard(options: DashboardOptions): Dashboard;

// http/access

export interface Peer {
    readonly remoteAddress?: string | undefined;
}

// options

export interface DashboardOptions {
    readonly recloser?: Recloser | undefined;
    readonly store?: SharedStore | undefined;
    readonly namespace?: string | undefined;
    readonly basePath?: string | undefined;
    readonly allowActions?: boolean | undefined;
    readonly tokens?: {
        readonly viewer?: string | undefined;
        readonly operator?: string | undefined;
    } | undefined;
    readonly hosts?: readonly string[] | undefined;
    readonly actor?: ((request: Request) => string | null) | undefined;
    readonly demo?: Demonstration | undefined;
    readonly clock?: Pick<Clock, "now"> | undefined;
}

// views/demo

export interface DemoSwitch {
    readonly id: string;
    readonly label: string;
    readonly says: string;
}
export interface DemoPointer {
    readonly name: string;
    readonly lines: string;
}
export interface DemoCounts {
    readonly answered: number;
    readonly rejected: number;
    readonly fallbacks: number;
    readonly failed: number;
    readonly pending: number;
    readonly waitMs: number | null;
}
export interface DemoSecond {
    readonly atMs: number;
    readonly without: DemoCounts;
    readonly with: DemoCounts;
}
export interface DemoReplica {
    readonly name: string;
    readonly state: "closed" | "open" | "half-open";
    readonly answered: number;
    readonly rejected: number;
    readonly fallbacks: number;
    readonly failed: number;
}
export interface DemoNow {
    readonly on: string;
    readonly callsPerSecond: number;
    readonly hasFallback: boolean;
    readonly story: string | null;
    readonly recent: readonly DemoSecond[];
    readonly replicas: readonly DemoReplica[];
}
export interface DemoView {
    readonly switches: readonly DemoSwitch[];
    readonly pointers: readonly DemoPointer[];
    readonly mostCallsPerSecond: number;
    readonly past: readonly DemoSecond[];
    readonly now: DemoNow;
}
export interface DemoWish {
    readonly switch?: string;
    readonly callsPerSecond?: number;
    readonly hasFallback?: boolean;
}
export interface Demonstration {
    view(): DemoView;
    turn(wish: DemoWish): void;
}

// views/wire

export interface TripRules {
    readonly windowMs: number | null;
    readonly minimumCalls: number;
    readonly failureRate: number | null;
    readonly failureThreshold: number | null;
    readonly consecutiveFailures: number | null;
}
export interface OverrideView {
    readonly mode: "force-open" | "force-closed";
    readonly by: string;
    readonly reason: string;
    readonly sinceMs: number;
    readonly untilMs: number | null;
}
export interface HoldView {
    readonly kind: HoldKind;
    readonly untilMs: number;
}
export interface RecordView {
    readonly name: string;
    readonly state: CircuitState;
    readonly scope: "shared" | "local";
    readonly openUntilMs: number | null;
    readonly failures: number;
    readonly calls: number;
}
export interface BreakerView {
    readonly key: string;
    readonly version: string;
    readonly state: CircuitState;
    readonly shows: CircuitState | "held" | "no-data";
    readonly scope: "shared" | "local";
    readonly mode: "enforce" | "observe" | "off";
    readonly sinceMs: number | null;
    readonly openUntilMs: number | null;
    readonly probing: boolean;
    readonly step: number;
    readonly cooldownMs: number;
    readonly reason: TripReason | null;
    readonly evidence: string | null;
    readonly window: {
        readonly calls: number;
        readonly failures: number;
        readonly failureRate: number;
        readonly byKind: Readonly<Partial<Record<FailureKind, number>>>;
    };
    readonly rules: TripRules;
    readonly consecutiveFailures: number;
    readonly inFlight: number;
    readonly override: OverrideView | null;
    readonly holds: readonly HoldView[];
    readonly rejectedLastMinute: number;
    readonly avoidedWait: AvoidedWait | null;
    readonly lastFailure: {
        readonly kind: string;
        readonly atMs: number;
    } | null;
    readonly records: readonly RecordView[];
}
export type EventView = {
    readonly id: string;
    readonly atMs: number;
    readonly replica: string;
} & ({
    readonly type: "transition";
    readonly key: string;
    readonly from: CircuitState;
    readonly to: CircuitState;
    readonly reason: TransitionReason;
    readonly generation: number;
    readonly by: string;
    readonly cooldownMs: number | null;
    readonly scope: "shared" | "local";
    readonly evidence: string | null;
} | {
    readonly type: "hold";
    readonly key: string;
    readonly kind: HoldKind;
    readonly untilMs: number;
} | {
    readonly type: "override";
    readonly key: string;
    readonly action: "force-open" | "force-closed" | "clear" | "reset" | "probe-now";
    readonly by: string;
    readonly reason: string | null;
    readonly untilMs: number | null;
} | {
    readonly type: "probe";
    readonly key: string;
    readonly result: "passed" | "failed" | "void" | "lost";
    readonly by: string;
    readonly durationMs: number;
} | {
    readonly type: "policy";
    readonly key: string;
    readonly action: "set" | "unset";
    readonly options: Readonly<Record<string, unknown>>;
    readonly by: string;
    readonly reason: string;
    readonly untilMs: number | null;
} | {
    readonly type: "store";
    readonly mode: "shared" | "local";
    readonly error: string | null;
});
export interface SamplePoint {
    readonly atMs: number;
    readonly calls: number;
    readonly failures: number;
    readonly rejected: number;
}
export interface ReplicaView {
    readonly id: string;
    readonly seenMs: number;
    readonly version: string;
    readonly store: {
        readonly kind: string;
        readonly mode: "shared" | "local";
        readonly sinceMs: number;
        readonly error: string | null;
        readonly roundTripMs: number | null;
    };
    readonly policyHash: string;
    readonly notClosed: readonly {
        readonly key: string;
        readonly state: CircuitState;
        readonly scope: "shared" | "local";
    }[];
    readonly breakers: number;
    readonly behindOn: readonly string[];
}
