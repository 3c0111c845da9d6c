// Public API of "@recloser/gateway/settings", made by `npm run api` and compared in CI.

export {
  SETTINGS,
};

// settings

export interface Setting {
    readonly path: string;
    readonly flag: string;
    readonly variable: string;
    readonly description: string;
    readonly default?: string;
    readonly isTruth: boolean;
}

// settings.generated

export declare const SETTINGS: readonly Setting[];
