/** The files in deploy/ fit each other and the gateway: no container engine is at hand to start them. */
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { loadConfig } from "@recloser/gateway/config";
import { describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const read = (name: string): string => readFileSync(`${ROOT}deploy/${name}`, "utf8");
function documents(name: string): unknown[] {
  return parseAllDocuments(read(name)).map((document) => {
    expect(document.errors).toEqual([]);
    return document.toJS() as unknown;
  });
}

type Labels = Readonly<Record<string, string>>;
interface ComposeService {
  readonly image?: string;
  readonly build?: object;
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
  readonly environment?: Labels;
  readonly deploy?: { readonly replicas: number };
  readonly stop_grace_period?: string;
}
interface Probe {
  readonly httpGet: { readonly path: string; readonly port: string };
}
interface Container {
  readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
  readonly startupProbe: Probe;
  readonly readinessProbe: Probe;
  readonly livenessProbe: Probe;
  readonly lifecycle: { readonly preStop: { readonly sleep: { readonly seconds: number } } };
  readonly securityContext: object;
}
interface Pod {
  readonly terminationGracePeriodSeconds: number;
  readonly securityContext: { readonly runAsNonRoot: boolean };
  readonly containers: readonly [Container];
}
interface Deployment {
  readonly spec: {
    readonly selector: { readonly matchLabels: Labels };
    readonly template: { readonly metadata: { readonly labels: Labels }; readonly spec: Pod };
  };
}
interface Service {
  readonly spec: { readonly selector: Labels; readonly ports: readonly { readonly targetPort: string }[] };
}
interface Budget {
  readonly spec: { readonly selector: { readonly matchLabels: Labels } };
}

const [compose] = documents("compose.yaml") as [
  { services: Readonly<Record<"gateway" | "redis" | "nginx", ComposeService>> },
];
const { services } = compose;
const [deployment, service, budget] = documents("kubernetes.yaml") as [Deployment, Service, Budget];
const pod = deployment.spec.template.spec;
const [container] = pod.containers;

const env = Object.fromEntries(
  Object.keys(services.gateway.environment ?? {}).map((name) => [
    name,
    name.endsWith("SHA256") ? name.length.toString(16).padStart(64, "0") : "redis://redis:6379",
  ]),
);
const { config } = loadConfig({ file: { name: "recloser.yaml", bytes: Buffer.from(read("recloser.yaml")) }, env });
const drainSeconds = config.drainMs / 1_000;

describe("recloser.yaml", () => {
  it("is a right configuration, by the variables that compose.yaml sets and no others", () => {
    const named = [...read("recloser.yaml").matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name);
    expect(new Set(named)).toEqual(new Set(Object.keys(env)));
  });
});

describe("Dockerfile", () => {
  const dockerfile = read("Dockerfile");
  const stages = dockerfile.split(/^(?=FROM )/m).slice(1);
  const [first = ""] = stages;
  const final = stages.at(-1) ?? "";

  it("runs not as root, in a stage without what built it, from images of one version", () => {
    expect(final).toMatch(/^FROM \S+:nonroot$/m);
    expect(final).toMatch(/^USER nonroot$/m);
    expect(first).toMatch(/^FROM node:\d+\.\d+\.\d+-/);
    expect(final).not.toContain("RUN");
  });

  it("copies what is there, for each package that the command needs", () => {
    const sources = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, names = ""]) =>
      names.split(" "),
    );
    for (const source of sources) expect(existsSync(`${ROOT}${source}`), source).toBe(true);
    for (const name of ["recloser", "gateway", "cli"]) expect(sources).toContain(`packages/${name}/package.json`);
  });

  it("is asked for its health where the gateway tells it", () => {
    expect(final).toContain(`http://127.0.0.1:${config.admin === false ? 0 : config.admin.port}/healthz`);
    expect(final).toContain(`EXPOSE ${config.listen.port}`);
  });
});

describe("compose.yaml", () => {
  it("runs three gateways that may drain, on images of one version, with files that are there", () => {
    const { deploy, stop_grace_period: grace = "" } = services.gateway;
    expect(deploy?.replicas).toBe(3);
    expect(Number.parseInt(grace, 10)).toBeGreaterThan(drainSeconds);
    for (const { volumes = [] } of Object.values(services))
      for (const volume of volumes) expect(existsSync(`${ROOT}deploy/${volume.split(":")[0]}`)).toBe(true);
    const foreign = Object.values(services).filter(({ build }) => build === undefined);
    for (const { image } of foreign) expect(image).toMatch(/:\d+\.\d+/);
  });

  it("asks the gateways where they listen, by nginx", () => {
    expect(read("nginx.conf")).toContain(`server gateway:${config.listen.port} resolve`);
    expect(services.nginx.ports).toEqual(["127.0.0.1:8787:8787"]);
  });
});

describe("recloser.service", () => {
  const unit = read("recloser.service");
  it("reloads by SIGHUP, and waits longer than it drains", () => {
    expect(unit).toMatch(/^ExecReload=\/bin\/kill -HUP \$MAINPID$/m);
    expect(Number(/^TimeoutStopSec=(\d+)$/m.exec(unit)?.[1])).toBeGreaterThan(drainSeconds);
    expect(unit).toMatch(/^DynamicUser=yes$/m);
  });
});

describe("kubernetes.yaml", () => {
  it("selects the pods that it makes", () => {
    const { labels } = deployment.spec.template.metadata;
    for (const selector of [
      deployment.spec.selector.matchLabels,
      service.spec.selector,
      budget.spec.selector.matchLabels,
    ])
      expect(labels).toMatchObject(selector);
  });

  it("asks for health where the gateway tells it, and names the ports that it has", () => {
    const ports = Object.fromEntries(container.ports.map(({ name, containerPort }) => [name, containerPort]));
    expect(ports).toEqual({ http: config.listen.port, admin: config.admin === false ? 0 : config.admin.port });
    const probes = [container.startupProbe, container.readinessProbe, container.livenessProbe].map(
      ({ httpGet }) => httpGet,
    );
    expect(probes.map(({ path, port }) => `${port}${path}`)).toEqual(["admin/readyz", "admin/readyz", "admin/healthz"]);
    expect(service.spec.ports.map(({ targetPort }) => targetPort)).toEqual(["http"]);
  });

  it("lets it drain, and may do nothing that it need not", () => {
    const pauseSeconds = container.lifecycle.preStop.sleep.seconds;
    expect(pod.terminationGracePeriodSeconds).toBeGreaterThan(pauseSeconds + drainSeconds);
    expect(pod.securityContext.runAsNonRoot).toBe(true);
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    });
  });
});
