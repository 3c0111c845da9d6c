[
  {
    name: 'Through the breaker > {"kind":"html","status":200} is handed on as it came; below the SDK it counts as a failure, above it a result is a success unless a classifier says otherwise',
    file: "/work/wt/faults/tests/integration/answers-that-are-none.test.ts",
    projectName: "integration",
  },
  {
    name: 'Through the breaker > {"kind":"ok-with-error"} is handed on as it came; below the SDK it counts as a failure, above it a result is a success unless a classifier says otherwise',
    file: "/work/wt/faults/tests/integration/answers-that-are-none.test.ts",
    projectName: "integration",
  },
  {
    name: "Through the breaker > an HTML page of 502 is a failure",
    file: "/work/wt/faults/tests/integration/answers-that-are-none.test.ts",
    projectName: "integration",
  },
  {
    name: 'Through createFetch > {"kind":"html","status":200} is handed on as it came; below the SDK it counts as a failure, above it a result is a success unless a classifier says otherwise',
    file: "/work/wt/faults/tests/integration/answers-that-are-none.test.ts",
    projectName: "integration",
  },
  {
    name: 'Through createFetch > {"kind":"ok-with-error"} is handed on as it came; below the SDK it counts as a failure, above it a result is a success unless a classifier says otherwise',
    file: "/work/wt/faults/tests/integration/answers-that-are-none.test.ts",
    projectName: "integration",
  },
  {
    name: "Through createFetch > an HTML page of 502 is a failure",
    file: "/work/wt/faults/tests/integration/answers-that-are-none.test.ts",
    projectName: "integration",
  },
  {
    name: "A classifier of one's own sees the result around the call, and trips on pages and error bodies",
    file: "/work/wt/faults/tests/integration/answers-that-are-none.test.ts",
    projectName: "integration",
  },
  {
    name: "the registry > the same key is the same breaker",
    file: "/work/wt/faults/tests/scenarios/keys.test.ts",
    projectName: "unit",
  },
  {
    name: "the registry > the same key with other options is refused, with the same or none it is not",
    file: "/work/wt/faults/tests/scenarios/keys.test.ts",
    projectName: "unit",
  },
  {
    name: "the registry > idle closed breakers are evicted beyond maxBreakers, an open or overridden one never",
    file: "/work/wt/faults/tests/scenarios/keys.test.ts",
    projectName: "unit",
  },
  {
    name: "the registry > a hold or an override that has ended keeps no breaker from eviction",
    file: "/work/wt/faults/tests/scenarios/keys.test.ts",
    projectName: "unit",
  },
  {
    name: "the registry > more open breakers than maxBreakers are all kept",
    file: "/work/wt/faults/tests/scenarios/keys.test.ts",
    projectName: "unit",
  },
  {
    name: "the registry > the open record of an unreachable provider outlives the eviction of its idle models",
    file: "/work/wt/faults/tests/scenarios/keys.test.ts",
    projectName: "unit",
  },
  {
    name: "the registry > policies go by key and glob, the most specific first",
    file: "/work/wt/faults/tests/scenarios/keys.test.ts",
    projectName: "unit",
  },
  {
    name: "the registry > closing is done once and may be asked for twice",
    file: "/work/wt/faults/tests/scenarios/keys.test.ts",
    projectName: "unit",
  },
  {
    name: "names > parts are escaped, so that no two keys share a name",
    file: "/work/wt/faults/tests/scenarios/keys.test.ts",
    projectName: "unit",
  },
  {
    name: "names > C13 a key without a model shares no circuit with any other, nor with one called unknown",
    file: "/work/wt/faults/tests/scenarios/keys.test.ts",
    projectName: "unit",
  },
  {
    name: 'names > "__proto__" is a key like any other',
    file: "/work/wt/faults/tests/scenarios/keys.test.ts",
    projectName: "unit",
  },
  {
    name: 'names > "constructor" is a key like any other',
    file: "/work/wt/faults/tests/scenarios/keys.test.ts",
    projectName: "unit",
  },
  {
    name: 'names > "toString" is a key like any other',
    file: "/work/wt/faults/tests/scenarios/keys.test.ts",
    projectName: "unit",
  },
  {
    name: 'names > "hasOwnProperty" is a key like any other',
    file: "/work/wt/faults/tests/scenarios/keys.test.ts",
    projectName: "unit",
  },
  {
    name: 'names > " " is a key like any other',
    file: "/work/wt/faults/tests/scenarios/keys.test.ts",
    projectName: "unit",
  },
  {
    name: 'names > "ключ" is a key like any other',
    file: "/work/wt/faults/tests/scenarios/keys.test.ts",
    projectName: "unit",
  },
  {
    name: 'names > "a\\nb" is a key like any other',
    file: "/work/wt/faults/tests/scenarios/keys.test.ts",
    projectName: "unit",
  },
  {
    name: "the records of a structured key > L9 a model that fails leaves the provider's other models usable",
    file: "/work/wt/faults/tests/scenarios/keys.test.ts",
    projectName: "unit",
  },
  {
    name: "the records of a structured key > a model's health is one record for all credentials",
    file: "/work/wt/faults/tests/scenarios/keys.test.ts",
    projectName: "unit",
  },
  {
    name: "the records of a structured key > a provider that cannot be reached is one record for all its models",
    file: "/work/wt/faults/tests/scenarios/keys.test.ts",
    projectName: "unit",
  },
  {
    name: "the records of a structured key > any answer at all counts as reached: what is refused among answers does not open the provider",
    file: "/work/wt/faults/tests/scenarios/keys.test.ts",
    projectName: "unit",
  },
  {
    name: "the records of a structured key > one probe heals an unreachable provider and its model together",
    file: "/work/wt/faults/tests/scenarios/keys.test.ts",
    projectName: "unit",
  },
  {
    name: "the records of a structured key > a probe that a second record refuses is given back to the first",
    file: "/work/wt/faults/tests/scenarios/keys.test.ts",
    projectName: "unit",
  },
  {
    name: "the records of a structured key > the state of a structured key is the worst of its records",
    file: "/work/wt/faults/tests/scenarios/keys.test.ts",
    projectName: "unit",
  },
  {
    name: "the records of a structured key > with three models open, the provider's other models trip on one failure",
    file: "/work/wt/faults/tests/scenarios/keys.test.ts",
    projectName: "unit",
  },
  {
    name: "an operator and a structured key > a provider forced open by its name rejects every model of it",
    file: "/work/wt/faults/tests/scenarios/keys.test.ts",
    projectName: "unit",
  },
  {
    name: "an operator and a structured key > reset closes a key whose provider could not be reached",
    file: "/work/wt/faults/tests/scenarios/keys.test.ts",
    projectName: "unit",
  },
  {
    name: "an operator and a structured key > probeNow makes the next call of such a key the probe",
    file: "/work/wt/faults/tests/scenarios/keys.test.ts",
    projectName: "unit",
  },
  {
    name: "an operator and a structured key > forced closed, such a key passes every call through",
    file: "/work/wt/faults/tests/scenarios/keys.test.ts",
    projectName: "unit",
  },
  {
    name: "an operator and a structured key > a key object changed after it was given changes nothing",
    file: "/work/wt/faults/tests/scenarios/keys.test.ts",
    projectName: "unit",
  },
  {
    name: "a string names one record > one equal to a structured key's name is that record, though another breaker",
    file: "/work/wt/faults/tests/scenarios/keys.test.ts",
    projectName: "unit",
  },
  {
    name: "a string names one record > and without the others: an unreachable provider does not reject it",
    file: "/work/wt/faults/tests/scenarios/keys.test.ts",
    projectName: "unit",
  },
  {
    name: "a string names one record > nor do the two share their records when the string was asked for first",
    file: "/work/wt/faults/tests/scenarios/keys.test.ts",
    projectName: "unit",
  },
  {
    name: "a string names one record > a string with a colon has no parent",
    file: "/work/wt/faults/tests/scenarios/keys.test.ts",
    projectName: "unit",
  },
  {
    name: "YAML > is YAML 1.2: words of older versions are texts",
    file: "/work/wt/faults/packages/gateway/src/config/read-source.test.ts",
    projectName: "unit",
  },
  {
    name: 'YAML > a file with nothing in it ("") is an empty object',
    file: "/work/wt/faults/packages/gateway/src/config/read-source.test.ts",
    projectName: "unit",
  },
  {
    name: 'YAML > a file with nothing in it ("# nothing but a comment\\n") is an empty object',
    file: "/work/wt/faults/packages/gateway/src/config/read-source.test.ts",
    projectName: "unit",
  },
  {
    name: 'YAML > a file with nothing in it ("---\\n") is an empty object',
    file: "/work/wt/faults/packages/gateway/src/config/read-source.test.ts",
    projectName: "unit",
  },
  {
    name: "YAML > an alias stands for its anchor, of the same name the last one before it",
    file: "/work/wt/faults/packages/gateway/src/config/read-source.test.ts",
    projectName: "unit",
  },
  {
    name: 'YAML > "a: 1\\nb: 2\\na: 3" is told at 3:1',
    file: "/work/wt/faults/packages/gateway/src/config/read-source.test.ts",
    projectName: "unit",
  },
  {
    name: 'YAML > "a: &x [*x]" is told at 1:8',
    file: "/work/wt/faults/packages/gateway/src/config/read-source.test.ts",
    projectName: "unit",
  },
  {
    name: 'YAML > "a: *none" is told at 1:4',
    file: "/work/wt/faults/packages/gateway/src/config/read-source.test.ts",
    projectName: "unit",
  },
  {
    name: 'YAML > "a: &x { b: 1 }\\nc: { <<: *x }" is told at 2:6',
    file: "/work/wt/faults/packages/gateway/src/config/read-source.test.ts",
    projectName: "unit",
  },
  {
    name: 'YAML > "? [a]\\n: 1" is told at 1:3',
    file: "/work/wt/faults/packages/gateway/src/config/read-source.test.ts",
    projectName: "unit",
  },
  {
    name: 'YAML > "a: !!binary aGk=" is told at 1:4',
    file: "/work/wt/faults/packages/gateway/src/config/read-source.test.ts",
    projectName: "unit",
  },
  {
    name: 'YAML > "a: !mine x" is told at 1:4',
    file: "/work/wt/faults/packages/gateway/src/config/read-source.test.ts",
    projectName: "unit",
  },
  {
    name: 'YAML > "a: 1\\n---\\nb: 2" is told at 2:1',
    file: "/work/wt/faults/packages/gateway/src/config/read-source.test.ts",
    projectName: "unit",
  },
  {
    name: 'YAML > "a:\\n\\t- 1" is told at 2:1',
    file: "/work/wt/faults/packages/gateway/src/config/read-source.test.ts",
    projectName: "unit",
  },
  {
    name: 'YAML > "a: \'b" is told at 1:6',
    file: "/work/wt/faults/packages/gateway/src/config/read-source.test.ts",
    projectName: "unit",
  },
  {
    name: 'YAML > "a: [1, 2" is told at 1:9',
    file: "/work/wt/faults/packages/gateway/src/config/read-source.test.ts",
    projectName: "unit",
  },
  {
    name: 'YAML > "a: @b" is told at 1:4',
    file: "/work/wt/faults/packages/gateway/src/config/read-source.test.ts",
    projectName: "unit",
  },
  {
    name: 'YAML > "__proto__: 1" is told at 1:1',
    file: "/work/wt/faults/packages/gateway/src/config/read-source.test.ts",
    projectName: "unit",
  },
  {
    name: 'YAML > "a: { constructor: { prototype: 1 } }" is told at 1:6',
    file: "/work/wt/faults/packages/gateway/src/config/read-source.test.ts",
    projectName: "unit",
  },
  {
    name: 'YAML > "\\"__pro\\\\u0074o__\\": { polluted: 1 }" is told at 1:1',
    file: "/work/wt/faults/packages/gateway/src/config/read-source.test.ts",
    projectName: "unit",
  },
  {
    name: "YAML > nine lines that stand for a billion values end early",
    file: "/work/wt/faults/packages/gateway/src/config/read-source.test.ts",
    projectName: "unit",
  },
  {
    name: "YAML > brackets without end are refused before they are followed",
    file: "/work/wt/faults/packages/gateway/src/config/read-source.test.ts",
    projectName: "unit",
  },
  {
    name: "YAML > closed brackets without end are refused before they are followed",
    file: "/work/wt/faults/packages/gateway/src/config/read-source.test.ts",
    projectName: "unit",
  },
  {
    name: "YAML > dashes without end are refused before they are followed",
    file: "/work/wt/faults/packages/gateway/src/config/read-source.test.ts",
    projectName: "unit",
  },
  {
    name: "YAML > question marks without end are refused before they are followed",
    file: "/work/wt/faults/packages/gateway/src/config/read-source.test.ts",
    projectName: "unit",
  },
  {
    name: "YAML > indentation without end are refused before they are followed",
    file: "/work/wt/faults/packages/gateway/src/config/read-source.test.ts",
    projectName: "unit",
  },
  {
    name: "YAML > braces without end are refused before they are followed",
    file: "/work/wt/faults/packages/gateway/src/config/read-source.test.ts",
    projectName: "unit",
  },
  {
    name: "YAML > 32 levels are read, 33 are not",
    file: "/work/wt/faults/packages/gateway/src/config/read-source.test.ts",
    projectName: "unit",
  },
  {
    name: 'JSON > "{ \\"a\\": 1, }" is told at 1:11',
    file: "/work/wt/faults/packages/gateway/src/config/read-source.test.ts",
    projectName: "unit",
  },
  {
    name: 'JSON > "{ \\"a\\": 1 // b\\n}" is told at 1:10',
    file: "/work/wt/faults/packages/gateway/src/config/read-source.test.ts",
    projectName: "unit",
  },
  {
    name: 'JSON > "{ \\"a\\": 1, \\"a\\": 2 }" is told at 1:11',
    file: "/work/wt/faults/packages/gateway/src/config/read-source.test.ts",
    projectName: "unit",
  },
  {
    name: 'JSON > "{ \\"a\\": 01 }" is told at 1:9',
    file: "/work/wt/faults/packages/gateway/src/config/read-source.test.ts",
    projectName: "unit",
  },
  {
    name: 'JSON > "{ a: 1 }" is told at 1:3',
    file: "/work/wt/faults/packages/gateway/src/config/read-source.test.ts",
    projectName: "unit",
  },
  {
    name: 'JSON > "" is told at 1:1',
    file: "/work/wt/faults/packages/gateway/src/config/read-source.test.ts",
    projectName: "unit",
  },
  {
    name: 'JSON > "{ \\"a\\": 1 } x" is told at 1:12',
    file: "/work/wt/faults/packages/gateway/src/config/read-source.test.ts",
    projectName: "unit",
  },
  {
    name: 'JSON > "{ \\"__proto__\\": 1 }" is told at 1:3',
    file: "/work/wt/faults/packages/gateway/src/config/read-source.test.ts",
    projectName: "unit",
  },
  {
    name: 'JSON > "{ \\"\\\\u005f_proto__\\": 1 }" is told at 1:3',
    file: "/work/wt/faults/packages/gateway/src/config/read-source.test.ts",
    projectName: "unit",
  },
  {
    name: "JSON > .jsonc has comments and commas at the end",
    file: "/work/wt/faults/packages/gateway/src/config/read-source.test.ts",
    projectName: "unit",
  },
  {
    name: "JSON > brackets without end are refused before they are followed",
    file: "/work/wt/faults/packages/gateway/src/config/read-source.test.ts",
    projectName: "unit",
  },
  {
    name: "JSON > a name that objects have is no field of the result",
    file: "/work/wt/faults/packages/gateway/src/config/read-source.test.ts",
    projectName: "unit",
  },
  {
    name: "the file itself > recloser is nothing that is read",
    file: "/work/wt/faults/packages/gateway/src/config/read-source.test.ts",
    projectName: "unit",
  },
  {
    name: "the file itself > recloser.toml is nothing that is read",
    file: "/work/wt/faults/packages/gateway/src/config/read-source.test.ts",
    projectName: "unit",
  },
  {
    name: "the file itself > recloser.js is nothing that is read",
    file: "/work/wt/faults/packages/gateway/src/config/read-source.test.ts",
    projectName: "unit",
  },
  {
    name: "the file itself > is UTF-8, with a byte order mark or without",
    file: "/work/wt/faults/packages/gateway/src/config/read-source.test.ts",
    projectName: "unit",
  },
  {
    name: "the file itself > is not large",
    file: "/work/wt/faults/packages/gateway/src/config/read-source.test.ts",
    projectName: "unit",
  },
  {
    name: "SIGTERM > flips readiness at once, lets a stream end by itself, and ends with 0",
    file: "/work/wt/faults/tests/e2e/shutdown.test.ts",
    projectName: "e2e",
  },
  {
    name: "SIGTERM > ends a stream at the limit with an error that its client can read",
    file: "/work/wt/faults/tests/e2e/shutdown.test.ts",
    projectName: "e2e",
  },
  {
    name: "SIGTERM > a second one ends it where it stands",
    file: "/work/wt/faults/tests/e2e/shutdown.test.ts",
    projectName: "e2e",
  },
  {
    name: "SIGTERM > closes a connection that is kept alive once its answer is whole, so that its client takes another gateway",
    file: "/work/wt/faults/tests/e2e/shutdown.test.ts",
    projectName: "e2e",
  },
  {
    name: "With a store > a stopping gateway gives the lease of its probe back: the next replica probes at once",
    file: "/work/wt/faults/tests/e2e/shutdown.test.ts",
    projectName: "e2e",
  },
  {
    name: "With a store > one whose Redis is down starts and answers all the same, and finds it when it is there",
    file: "/work/wt/faults/tests/e2e/shutdown.test.ts",
    projectName: "e2e",
  },
  {
    name: "With every timer stopped, a caller who leaves takes the provider's connection along before anything came",
    file: "/work/wt/faults/tests/gateway/aborts.test.ts",
    projectName: "gateway",
  },
  {
    name: "With every timer stopped, a caller who leaves takes the provider's connection along before anything of a stream came",
    file: "/work/wt/faults/tests/gateway/aborts.test.ts",
    projectName: "gateway",
  },
  {
    name: "With every timer stopped, a caller who leaves takes the provider's connection along in the middle of a stream",
    file: "/work/wt/faults/tests/gateway/aborts.test.ts",
    projectName: "gateway",
  },
  {
    name: "With every timer stopped, a caller who leaves takes the provider's connection along while an assured stream is held",
    file: "/work/wt/faults/tests/gateway/aborts.test.ts",
    projectName: "gateway",
  },
  {
    name: "The body > arrives byte for byte, as does the answer",
    file: "/work/wt/faults/tests/gateway/forwarding.test.ts",
    projectName: "gateway",
  },
  {
    name: "The body > of many megabytes arrives whole",
    file: "/work/wt/faults/tests/gateway/forwarding.test.ts",
    projectName: "gateway",
  },
  {
    name: "The body > is changed where the target asks for it, and nowhere else",
    file: "/work/wt/faults/tests/gateway/forwarding.test.ts",
    projectName: "gateway",
  },
  {
    name: "The body > that is no JSON passes on other paths",
    file: "/work/wt/faults/tests/gateway/forwarding.test.ts",
    projectName: "gateway",
  },
  {
    name: "The path and the query > are built from the target's template",
    file: "/work/wt/faults/tests/gateway/forwarding.test.ts",
    projectName: "gateway",
  },
  {
    name: "The path and the query > carry Gemini's model and keep its query, but not the key",
    file: "/work/wt/faults/tests/gateway/forwarding.test.ts",
    projectName: "gateway",
  },
  {
    name: "The path and the query > of a route that was named leave its name out",
    file: "/work/wt/faults/tests/gateway/forwarding.test.ts",
    projectName: "gateway",
  },
  {
    name: "The headers of a request > keep what the provider needs",
    file: "/work/wt/faults/tests/gateway/forwarding.test.ts",
    projectName: "gateway",
  },
  {
    name: "The headers of a request > carry no credential of the caller's (target: 'bearer')",
    file: "/work/wt/faults/tests/gateway/forwarding.test.ts",
    projectName: "gateway",
  },
  {
    name: "The headers of a request > carry no credential of the caller's (target: 'header')",
    file: "/work/wt/faults/tests/gateway/forwarding.test.ts",
    projectName: "gateway",
  },
  {
    name: "The headers of a request > carry no credential of the caller's (target: 'query')",
    file: "/work/wt/faults/tests/gateway/forwarding.test.ts",
    projectName: "gateway",
  },
  {
    name: "The headers of a request > carry no credential of the caller's (target: 'none')",
    file: "/work/wt/faults/tests/gateway/forwarding.test.ts",
    projectName: "gateway",
  },
  {
    name: "The headers of a request > carry the caller's own key where the target says so, and that alone",
    file: "/work/wt/faults/tests/gateway/forwarding.test.ts",
    projectName: "gateway",
  },
  {
    name: "The headers of a request > say nothing of the way, and obey `connection`",
    file: "/work/wt/faults/tests/gateway/forwarding.test.ts",
    projectName: "gateway",
  },
  {
    name: "The headers of a request > of a vendor go to that vendor",
    file: "/work/wt/faults/tests/gateway/forwarding.test.ts",
    projectName: "gateway",
  },
  {
    name: "The headers of a request > are set and removed as the target says",
    file: "/work/wt/faults/tests/gateway/forwarding.test.ts",
    projectName: "gateway",
  },
  {
    name: "The headers of an answer > keep what the caller needs, without what speaks of another host or connection",
    file: "/work/wt/faults/tests/gateway/forwarding.test.ts",
    projectName: "gateway",
  },
  {
    name: "An answer in an encoding > passes to a caller who can read it",
    file: "/work/wt/faults/tests/gateway/forwarding.test.ts",
    projectName: "gateway",
  },
  {
    name: "An answer in an encoding > is a failure for one who cannot",
    file: "/work/wt/faults/tests/gateway/forwarding.test.ts",
    projectName: "gateway",
  },
  {
    name: "A 301 is not followed, and its place is not told",
    file: "/work/wt/faults/tests/gateway/forwarding.test.ts",
    projectName: "gateway",
  },
  {
    name: "A 302 is not followed, and its place is not told",
    file: "/work/wt/faults/tests/gateway/forwarding.test.ts",
    projectName: "gateway",
  },
  {
    name: "A 307 is not followed, and its place is not told",
    file: "/work/wt/faults/tests/gateway/forwarding.test.ts",
    projectName: "gateway",
  },
  {
    name: "A 308 is not followed, and its place is not told",
    file: "/work/wt/faults/tests/gateway/forwarding.test.ts",
    projectName: "gateway",
  },
  {
    name: "A target inside the network is not connected to unless it says so",
    file: "/work/wt/faults/tests/gateway/forwarding.test.ts",
    projectName: "gateway",
  },
  {
    name: "An error body longer than is read of it arrives whole",
    file: "/work/wt/faults/tests/gateway/forwarding.test.ts",
    projectName: "gateway",
  },
  {
    name: "A caller who does not read costs a mebibyte at most",
    file: "/work/wt/faults/tests/gateway/slow-readers.test.ts",
    projectName: "gateway",
  },
  {
    name: "A request line > with absolute form is refused",
    file: "/work/wt/faults/tests/gateway/intake.test.ts",
    projectName: "gateway",
  },
  {
    name: "A request line > with //host is refused",
    file: "/work/wt/faults/tests/gateway/intake.test.ts",
    projectName: "gateway",
  },
  {
    name: "A request line > with dot segments is refused",
    file: "/work/wt/faults/tests/gateway/intake.test.ts",
    projectName: "gateway",
  },
  {
    name: "A request line > with escaped dots is refused",
    file: "/work/wt/faults/tests/gateway/intake.test.ts",
    projectName: "gateway",
  },
  {
    name: "A request line > with an escaped slash is refused",
    file: "/work/wt/faults/tests/gateway/intake.test.ts",
    projectName: "gateway",
  },
  {
    name: "A request line > with a backslash is refused",
    file: "/work/wt/faults/tests/gateway/intake.test.ts",
    projectName: "gateway",
  },
  {
    name: "A request line > for a path that is nobody's is a 404",
    file: "/work/wt/faults/tests/gateway/intake.test.ts",
    projectName: "gateway",
  },
  {
    name: "A request line > with TRACE is a 405",
    file: "/work/wt/faults/tests/gateway/intake.test.ts",
    projectName: "gateway",
  },
  {
    name: "A request line > with OPTIONS is a 405",
    file: "/work/wt/faults/tests/gateway/intake.test.ts",
    projectName: "gateway",
  },
  {
    name: "A request line > with CONNECT closes the connection",
    file: "/work/wt/faults/tests/gateway/intake.test.ts",
    projectName: "gateway",
  },
  {
    name: "Headers > without a Host are refused",
    file: "/work/wt/faults/tests/gateway/intake.test.ts",
    projectName: "gateway",
  },
  {
    name: "Headers > with two Hosts are refused",
    file: "/work/wt/faults/tests/gateway/intake.test.ts",
    projectName: "gateway",
  },
  {
    name: "Headers > with both lengths are refused",
    file: "/work/wt/faults/tests/gateway/intake.test.ts",
    projectName: "gateway",
  },
  {
    name: "Headers > that are too large are refused",
    file: "/work/wt/faults/tests/gateway/intake.test.ts",
    projectName: "gateway",
  },
  {
    name: "Headers > x-recloser-timeout-ms: 0 is refused",
    file: "/work/wt/faults/tests/gateway/intake.test.ts",
    projectName: "gateway",
  },
  {
    name: "Headers > x-recloser-timeout-ms: 1e3 is refused",
    file: "/work/wt/faults/tests/gateway/intake.test.ts",
    projectName: "gateway",
  },
  {
    name: "Headers > x-recloser-stream: fast is refused",
    file: "/work/wt/faults/tests/gateway/intake.test.ts",
    projectName: "gateway",
  },
  {
    name: "Headers > that would go around the circuits are not everybody's",
    file: "/work/wt/faults/tests/gateway/intake.test.ts",
    projectName: "gateway",
  },
  {
    name: "A body > of malformed JSON is refused",
    file: "/work/wt/faults/tests/gateway/intake.test.ts",
    projectName: "gateway",
  },
  {
    name: "A body > of no JSON is refused",
    file: "/work/wt/faults/tests/gateway/intake.test.ts",
    projectName: "gateway",
  },
  {
    name: "A body > of a list is refused",
    file: "/work/wt/faults/tests/gateway/intake.test.ts",
    projectName: "gateway",
  },
  {
    name: "A body > of nothing is refused",
    file: "/work/wt/faults/tests/gateway/intake.test.ts",
    projectName: "gateway",
  },
  {
    name: "A body > of JSON that nests too deep is refused",
    file: "/work/wt/faults/tests/gateway/intake.test.ts",
    projectName: "gateway",
  },
  {
    name: "A body > of invalid UTF-8 is refused",
    file: "/work/wt/faults/tests/gateway/intake.test.ts",
    projectName: "gateway",
  },
  {
    name: "A body > with a model that is no name is refused",
    file: "/work/wt/faults/tests/gateway/intake.test.ts",
    projectName: "gateway",
  },
  {
    name: "A body > that is encoded is refused",
    file: "/work/wt/faults/tests/gateway/intake.test.ts",
    projectName: "gateway",
  },
  {
    name: "A body > that says it is too large is refused before it has come",
    file: "/work/wt/faults/tests/gateway/intake.test.ts",
    projectName: "gateway",
  },
  {
    name: "A body > that turns out to be too large is refused then",
    file: "/work/wt/faults/tests/gateway/intake.test.ts",
    projectName: "gateway",
  },
  {
    name: "A body > that is announced is asked for only where it will be taken",
    file: "/work/wt/faults/tests/gateway/intake.test.ts",
    projectName: "gateway",
  },
  {
    name: "A body > whose sender leaves half-way reaches nobody",
    file: "/work/wt/faults/tests/gateway/intake.test.ts",
    projectName: "gateway",
  },
  {
    name: "What is no HTTP is told so, and more connections than allowed are not taken",
    file: "/work/wt/faults/tests/gateway/intake.test.ts",
    projectName: "gateway",
  },
  {
    name: "A stream that breaks ('cut-stream' undefined undefined undefined) > ends with an error for OpenAI's client, after what had come",
    file: "/work/wt/faults/tests/gateway/streams.test.ts",
    projectName: "gateway",
  },
  {
    name: "A stream that breaks ('cut-stream' undefined undefined undefined) > never ends cleanly on the wire",
    file: "/work/wt/faults/tests/gateway/streams.test.ts",
    projectName: "gateway",
  },
  {
    name: "A stream that breaks ('cut-stream' undefined undefined undefined) > ends with an error for Anthropic's client",
    file: "/work/wt/faults/tests/gateway/streams.test.ts",
    projectName: "gateway",
  },
  {
    name: "A stream that breaks ('cut-stream' undefined undefined undefined) > ends with an error in Gemini's stream of events",
    file: "/work/wt/faults/tests/gateway/streams.test.ts",
    projectName: "gateway",
  },
  {
    name: "A stream that breaks ('cut-stream' 'reset' undefined undefined) > ends with an error for OpenAI's client, after what had come",
    file: "/work/wt/faults/tests/gateway/streams.test.ts",
    projectName: "gateway",
  },
  {
    name: "A stream that breaks ('cut-stream' 'reset' undefined undefined) > never ends cleanly on the wire",
    file: "/work/wt/faults/tests/gateway/streams.test.ts",
    projectName: "gateway",
  },
  {
    name: "A stream that breaks ('cut-stream' 'reset' undefined undefined) > ends with an error for Anthropic's client",
    file: "/work/wt/faults/tests/gateway/streams.test.ts",
    projectName: "gateway",
  },
  {
    name: "A stream that breaks ('cut-stream' 'reset' undefined undefined) > ends with an error in Gemini's stream of events",
    file: "/work/wt/faults/tests/gateway/streams.test.ts",
    projectName: "gateway",
  },
  {
    name: "A stream that breaks ('no-terminal-marker' undefined undefined undefined) > ends with an error for OpenAI's client, after what had come",
    file: "/work/wt/faults/tests/gateway/streams.test.ts",
    projectName: "gateway",
  },
  {
    name: "A stream that breaks ('no-terminal-marker' undefined undefined undefined) > never ends cleanly on the wire",
    file: "/work/wt/faults/tests/gateway/streams.test.ts",
    projectName: "gateway",
  },
  {
    name: "A stream that breaks ('no-terminal-marker' undefined undefined undefined) > ends with an error for Anthropic's client",
    file: "/work/wt/faults/tests/gateway/streams.test.ts",
    projectName: "gateway",
  },
  {
    name: "A stream that breaks ('no-terminal-marker' undefined undefined undefined) > ends with an error in Gemini's stream of events",
    file: "/work/wt/faults/tests/gateway/streams.test.ts",
    projectName: "gateway",
  },
  {
    name: "A stream that breaks ('malformed-chunk' undefined undefined undefined) > ends with an error for OpenAI's client, after what had come",
    file: "/work/wt/faults/tests/gateway/streams.test.ts",
    projectName: "gateway",
  },
  {
    name: "A stream that breaks ('malformed-chunk' undefined undefined undefined) > never ends cleanly on the wire",
    file: "/work/wt/faults/tests/gateway/streams.test.ts",
    projectName: "gateway",
  },
  {
    name: "A stream that breaks ('malformed-chunk' undefined undefined undefined) > ends with an error for Anthropic's client",
    file: "/work/wt/faults/tests/gateway/streams.test.ts",
    projectName: "gateway",
  },
  {
    name: "A stream that breaks ('malformed-chunk' undefined undefined undefined) > ends with an error in Gemini's stream of events",
    file: "/work/wt/faults/tests/gateway/streams.test.ts",
    projectName: "gateway",
  },
  {
    name: "A stream that breaks ('malformed-chunk' undefined 'framing' undefined) > ends with an error for OpenAI's client, after what had come",
    file: "/work/wt/faults/tests/gateway/streams.test.ts",
    projectName: "gateway",
  },
  {
    name: "A stream that breaks ('malformed-chunk' undefined 'framing' undefined) > never ends cleanly on the wire",
    file: "/work/wt/faults/tests/gateway/streams.test.ts",
    projectName: "gateway",
  },
  {
    name: "A stream that breaks ('malformed-chunk' undefined 'framing' undefined) > ends with an error for Anthropic's client",
    file: "/work/wt/faults/tests/gateway/streams.test.ts",
    projectName: "gateway",
  },
  {
    name: "A stream that breaks ('malformed-chunk' undefined 'framing' undefined) > ends with an error in Gemini's stream of events",
    file: "/work/wt/faults/tests/gateway/streams.test.ts",
    projectName: "gateway",
  },
  {
    name: "A stream that breaks ('hang-mid-stream' undefined undefined undefined) > ends with an error for OpenAI's client, after what had come",
    file: "/work/wt/faults/tests/gateway/streams.test.ts",
    projectName: "gateway",
  },
  {
    name: "A stream that breaks ('hang-mid-stream' undefined undefined undefined) > never ends cleanly on the wire",
    file: "/work/wt/faults/tests/gateway/streams.test.ts",
    projectName: "gateway",
  },
  {
    name: "A stream that breaks ('hang-mid-stream' undefined undefined undefined) > ends with an error for Anthropic's client",
    file: "/work/wt/faults/tests/gateway/streams.test.ts",
    projectName: "gateway",
  },
  {
    name: "A stream that breaks ('hang-mid-stream' undefined undefined undefined) > ends with an error in Gemini's stream of events",
    file: "/work/wt/faults/tests/gateway/streams.test.ts",
    projectName: "gateway",
  },
  {
    name: "A stream that breaks ('stream-error' undefined undefined undefined) > ends with an error for OpenAI's client, after what had come",
    file: "/work/wt/faults/tests/gateway/streams.test.ts",
    projectName: "gateway",
  },
  {
    name: "A stream that breaks ('stream-error' undefined undefined undefined) > never ends cleanly on the wire",
    file: "/work/wt/faults/tests/gateway/streams.test.ts",
    projectName: "gateway",
  },
  {
    name: "A stream that breaks ('stream-error' undefined undefined undefined) > ends with an error for Anthropic's client",
    file: "/work/wt/faults/tests/gateway/streams.test.ts",
    projectName: "gateway",
  },
  {
    name: "A stream that breaks ('stream-error' undefined undefined undefined) > ends with an error in Gemini's stream of events",
    file: "/work/wt/faults/tests/gateway/streams.test.ts",
    projectName: "gateway",
  },
  {
    name: "A stream that breaks ('stream-error' undefined undefined true) > ends with an error for OpenAI's client, after what had come",
    file: "/work/wt/faults/tests/gateway/streams.test.ts",
    projectName: "gateway",
  },
  {
    name: "A stream that breaks ('stream-error' undefined undefined true) > never ends cleanly on the wire",
    file: "/work/wt/faults/tests/gateway/streams.test.ts",
    projectName: "gateway",
  },
  {
    name: "A stream that breaks ('stream-error' undefined undefined true) > ends with an error for Anthropic's client",
    file: "/work/wt/faults/tests/gateway/streams.test.ts",
    projectName: "gateway",
  },
  {
    name: "A stream that breaks ('stream-error' undefined undefined true) > ends with an error in Gemini's stream of events",
    file: "/work/wt/faults/tests/gateway/streams.test.ts",
    projectName: "gateway",
  },
  {
    name: "A stream whose [DONE] is missing is whole: its finish reason had come",
    file: "/work/wt/faults/tests/gateway/streams.test.ts",
    projectName: "gateway",
  },
  {
    name: "The broken stream of the Responses API > ends with the error event its client knows",
    file: "/work/wt/faults/tests/gateway/streams.test.ts",
    projectName: "gateway",
  },
  {
    name: "A caller who leaves > before anything came, ends the call upstream within 50 ms, and counts as nothing",
    file: "/work/wt/faults/tests/gateway/streams.test.ts",
    projectName: "gateway",
  },
  {
    name: "A caller who leaves > in the middle of a stream, ends the call upstream within 50 ms, and counts as nothing",
    file: "/work/wt/faults/tests/gateway/streams.test.ts",
    projectName: "gateway",
  },
  {
    name: "A caller's own short limit ends its request, and says nothing of the provider",
    file: "/work/wt/faults/tests/gateway/streams.test.ts",
    projectName: "gateway",
  },
  {
    name: "The gateway's own limit ends a provider that takes too long, and counts",
    file: "/work/wt/faults/tests/gateway/streams.test.ts",
    projectName: "gateway",
  },
  {
    name: "A provider that never answers is left, and the next one answers",
    file: "/work/wt/faults/tests/gateway/upstream-faults.test.ts",
    projectName: "gateway",
  },
  {
    name: "A provider that closes without a word is left, and the next one answers",
    file: "/work/wt/faults/tests/gateway/upstream-faults.test.ts",
    projectName: "gateway",
  },
  {
    name: "A provider that resets is left, and the next one answers",
    file: "/work/wt/faults/tests/gateway/upstream-faults.test.ts",
    projectName: "gateway",
  },
  {
    name: "A provider that sends informational answers without end is left, and the next one answers",
    file: "/work/wt/faults/tests/gateway/upstream-faults.test.ts",
    projectName: "gateway",
  },
  {
    name: "A provider that sends its headers byte by byte is left, and the next one answers",
    file: "/work/wt/faults/tests/gateway/upstream-faults.test.ts",
    projectName: "gateway",
  },
  {
    name: "A provider that sends headers that are too large is left, and the next one answers",
    file: "/work/wt/faults/tests/gateway/upstream-faults.test.ts",
    projectName: "gateway",
  },
  {
    name: "A provider that speaks no HTTP is left, and the next one answers",
    file: "/work/wt/faults/tests/gateway/upstream-faults.test.ts",
    projectName: "gateway",
  },
  {
    name: "A provider that says two lengths is left, and the next one answers",
    file: "/work/wt/faults/tests/gateway/upstream-faults.test.ts",
    projectName: "gateway",
  },
  {
    name: "A provider that sends less than its content-length is left, and the next one answers",
    file: "/work/wt/faults/tests/gateway/upstream-faults.test.ts",
    projectName: "gateway",
  },
  {
    name: "A provider that ends a chunked body early is left, and the next one answers",
    file: "/work/wt/faults/tests/gateway/upstream-faults.test.ts",
    projectName: "gateway",
  },
  {
    name: "A provider that closes in the middle of a body without a length is left, and the next one answers",
    file: "/work/wt/faults/tests/gateway/upstream-faults.test.ts",
    projectName: "gateway",
  },
  {
    name: "A provider that sends headers, then nothing is left, and the next one answers",
    file: "/work/wt/faults/tests/gateway/upstream-faults.test.ts",
    projectName: "gateway",
  },
  {
    name: "A stream > of a byte now and then ends at the limit of the whole",
    file: "/work/wt/faults/tests/gateway/upstream-faults.test.ts",
    projectName: "gateway",
  },
  {
    name: "A stream > without end ends at the limit of the whole",
    file: "/work/wt/faults/tests/gateway/upstream-faults.test.ts",
    projectName: "gateway",
  },
  {
    name: "A stream > of nothing but openings is passed on after some of them",
    file: "/work/wt/faults/tests/gateway/upstream-faults.test.ts",
    projectName: "gateway",
  },
  {
    name: "A stream > for a reader who does not read is held up, and costs little memory",
    file: "/work/wt/faults/tests/gateway/upstream-faults.test.ts",
    projectName: "gateway",
  },
  {
    name: "A reader who is slow for longer than a provider may be silent does not make the provider slow",
    file: "/work/wt/faults/tests/gateway/upstream-faults.test.ts",
    projectName: "gateway",
  },
  {
    name: "An answer in one piece may take longer than the headers of a stream",
    file: "/work/wt/faults/tests/gateway/upstream-faults.test.ts",
    projectName: "gateway",
  },
  {
    name: "A body is refused that > is cut in the middle of a character",
    file: "/work/wt/faults/tests/gateway/security/bodies.test.ts",
    projectName: "gateway",
  },
  {
    name: "A body is refused that > has a byte that is in no UTF-8",
    file: "/work/wt/faults/tests/gateway/security/bodies.test.ts",
    projectName: "gateway",
  },
  {
    name: "A body is refused that > has half of a pair in UTF-8",
    file: "/work/wt/faults/tests/gateway/security/bodies.test.ts",
    projectName: "gateway",
  },
  {
    name: "A body is refused that > is UTF-16",
    file: "/work/wt/faults/tests/gateway/security/bodies.test.ts",
    projectName: "gateway",
  },
  {
    name: "A body is refused that > begins with a byte order mark",
    file: "/work/wt/faults/tests/gateway/security/bodies.test.ts",
    projectName: "gateway",
  },
  {
    name: "A body is refused that > says NaN",
    file: "/work/wt/faults/tests/gateway/security/bodies.test.ts",
    projectName: "gateway",
  },
  {
    name: "A body is refused that > says Infinity",
    file: "/work/wt/faults/tests/gateway/security/bodies.test.ts",
    projectName: "gateway",
  },
  {
    name: "A body is refused that > has a comment",
    file: "/work/wt/faults/tests/gateway/security/bodies.test.ts",
    projectName: "gateway",
  },
  {
    name: "A body is refused that > has a comma too many",
    file: "/work/wt/faults/tests/gateway/security/bodies.test.ts",
    projectName: "gateway",
  },
  {
    name: "A body is refused that > has single quotes",
    file: "/work/wt/faults/tests/gateway/security/bodies.test.ts",
    projectName: "gateway",
  },
  {
    name: "A body is refused that > has a control character in a text",
    file: "/work/wt/faults/tests/gateway/security/bodies.test.ts",
    projectName: "gateway",
  },
  {
    name: "A body is refused that > goes on after its end",
    file: "/work/wt/faults/tests/gateway/security/bodies.test.ts",
    projectName: "gateway",
  },
  {
    name: "A body is refused that > opens a million lists",
    file: "/work/wt/faults/tests/gateway/security/bodies.test.ts",
    projectName: "gateway",
  },
  {
    name: "A body is refused that > nests a million objects",
    file: "/work/wt/faults/tests/gateway/security/bodies.test.ts",
    projectName: "gateway",
  },
  {
    name: "A body is refused that > is a million closing brackets",
    file: "/work/wt/faults/tests/gateway/security/bodies.test.ts",
    projectName: "gateway",
  },
  {
    name: "A body is refused that > holds more values than a machine can",
    file: "/work/wt/faults/tests/gateway/security/bodies.test.ts",
    projectName: "gateway",
  },
  {
    name: "A body is refused that > names two models",
    file: "/work/wt/faults/tests/gateway/security/bodies.test.ts",
    projectName: "gateway",
  },
  {
    name: "A body is refused that > names two models, one of them escaped",
    file: "/work/wt/faults/tests/gateway/security/bodies.test.ts",
    projectName: "gateway",
  },
  {
    name: "A body is refused that > names two models, in two cases",
    file: "/work/wt/faults/tests/gateway/security/bodies.test.ts",
    projectName: "gateway",
  },
  {
    name: "A body is refused that > names its model in a way that only some read",
    file: "/work/wt/faults/tests/gateway/security/bodies.test.ts",
    projectName: "gateway",
  },
  {
    name: "A body is refused that > asks twice for a stream or none",
    file: "/work/wt/faults/tests/gateway/security/bodies.test.ts",
    projectName: "gateway",
  },
  {
    name: 'A body is refused that > names the model ".."',
    file: "/work/wt/faults/tests/gateway/security/bodies.test.ts",
    projectName: "gateway",
  },
  {
    name: 'A body is refused that > names the model "../../admin"',
    file: "/work/wt/faults/tests/gateway/security/bodies.test.ts",
    projectName: "gateway",
  },
  {
    name: 'A body is refused that > names the model "a/../b"',
    file: "/work/wt/faults/tests/gateway/security/bodies.test.ts",
    projectName: "gateway",
  },
  {
    name: 'A body is refused that > names the model "a\\\\..\\\\b"',
    file: "/work/wt/faults/tests/gateway/security/bodies.test.ts",
    projectName: "gateway",
  },
  {
    name: 'A body is refused that > names the model "a/..;/b"',
    file: "/work/wt/faults/tests/gateway/security/bodies.test.ts",
    projectName: "gateway",
  },
  {
    name: 'A body is refused that > names the model "%2e%2e%2fadmin"',
    file: "/work/wt/faults/tests/gateway/security/bodies.test.ts",
    projectName: "gateway",
  },
  {
    name: 'A body is refused that > names the model "%252e%252e"',
    file: "/work/wt/faults/tests/gateway/security/bodies.test.ts",
    projectName: "gateway",
  },
  {
    name: 'A body is refused that > names the model "a?key=b"',
    file: "/work/wt/faults/tests/gateway/security/bodies.test.ts",
    projectName: "gateway",
  },
  {
    name: 'A body is refused that > names the model "a#b"',
    file: "/work/wt/faults/tests/gateway/security/bodies.test.ts",
    projectName: "gateway",
  },
  {
    name: 'A body is refused that > names the model "a\\nb"',
    file: "/work/wt/faults/tests/gateway/security/bodies.test.ts",
    projectName: "gateway",
  },
  {
    name: 'A body is refused that > names the model "a\\u0000b"',
    file: "/work/wt/faults/tests/gateway/security/bodies.test.ts",
    projectName: "gateway",
  },
  {
    name: 'A body is refused that > names the model "ab"',
    file: "/work/wt/faults/tests/gateway/security/bodies.test.ts",
    projectName: "gateway",
  },
  {
    name: 'A body is refused that > names the model "a‮b"',
    file: "/work/wt/faults/tests/gateway/security/bodies.test.ts",
    projectName: "gateway",
  },
  {
    name: 'A body is refused that > names the model "a b"',
    file: "/work/wt/faults/tests/gateway/security/bodies.test.ts",
    projectName: "gateway",
  },
  {
    name: 'A body is refused that > names the model "\\ud800"',
    file: "/work/wt/faults/tests/gateway/security/bodies.test.ts",
    projectName: "gateway",
  },
  {
    name: "A name of a model has an end",
    file: "/work/wt/faults/tests/gateway/security/bodies.test.ts",
    projectName: "gateway",
  },
  {
    name: "A body passes byte for byte that > has members for every object",
    file: "/work/wt/faults/tests/gateway/security/bodies.test.ts",
    projectName: "gateway",
  },
  {
    name: "A body passes byte for byte that > has numbers that are too large",
    file: "/work/wt/faults/tests/gateway/security/bodies.test.ts",
    projectName: "gateway",
  },
  {
    name: "A body passes byte for byte that > has one name at two depths",
    file: "/work/wt/faults/tests/gateway/security/bodies.test.ts",
    projectName: "gateway",
  },
  {
    name: "A body passes byte for byte that > has escapes and spaces of its own",
    file: "/work/wt/faults/tests/gateway/security/bodies.test.ts",
    projectName: "gateway",
  },
  {
    name: "A body passes byte for byte that > has a text like JSON",
    file: "/work/wt/faults/tests/gateway/security/bodies.test.ts",
    projectName: "gateway",
  },
  {
    name: "A body passes byte for byte that > is as deep as it may be",
    file: "/work/wt/faults/tests/gateway/security/bodies.test.ts",
    projectName: "gateway",
  },
  {
    name: "A body passes byte for byte that > has names of models as they are",
    file: "/work/wt/faults/tests/gateway/security/bodies.test.ts",
    projectName: "gateway",
  },
  {
    name: "What a path calls after the colon is no member of every object",
    file: "/work/wt/faults/tests/gateway/security/bodies.test.ts",
    projectName: "gateway",
  },
  {
    name: "A body that is too large > is refused while it comes, and its sender hears why",
    file: "/work/wt/faults/tests/gateway/security/bodies.test.ts",
    projectName: "gateway",
  },
  {
    name: "A body that is too large > of 33 MiB is refused, of 32 MiB taken",
    file: "/work/wt/faults/tests/gateway/security/bodies.test.ts",
    projectName: "gateway",
  },
  {
    name: "A body that is too large > beside the others has to wait, and its room is given back",
    file: "/work/wt/faults/tests/gateway/security/bodies.test.ts",
    projectName: "gateway",
  },
  {
    name: "A body in chunks of one byte takes not much more than its bytes",
    file: "/work/wt/faults/tests/gateway/security/bodies.test.ts",
    projectName: "gateway",
  },
  {
    name: "Models that nobody has > and that are refused have a bounded number of circuits",
    file: "/work/wt/faults/tests/gateway/security/bounded.test.ts",
    projectName: "gateway",
  },
  {
    name: "Models that nobody has > and that fail have a bounded number of circuits",
    file: "/work/wt/faults/tests/gateway/security/bounded.test.ts",
    projectName: "gateway",
  },
  {
    name: "Models that nobody has > leave a bounded number of keys in Redis",
    file: "/work/wt/faults/tests/gateway/security/bounded.test.ts",
    projectName: "gateway",
  },
  {
    name: "Models that nobody has > do not keep a model that somebody has from a circuit of its own",
    file: "/work/wt/faults/tests/gateway/security/bounded.test.ts",
    projectName: "gateway",
  },
  {
    name: "A length that could be read in two ways is refused: > CL.TE",
    file: "/work/wt/faults/tests/gateway/security/framing.test.ts",
    projectName: "gateway",
  },
  {
    name: "A length that could be read in two ways is refused: > TE.CL",
    file: "/work/wt/faults/tests/gateway/security/framing.test.ts",
    projectName: "gateway",
  },
  {
    name: "A length that could be read in two ways is refused: > two lengths",
    file: "/work/wt/faults/tests/gateway/security/framing.test.ts",
    projectName: "gateway",
  },
  {
    name: "A length that could be read in two ways is refused: > two equal lengths",
    file: "/work/wt/faults/tests/gateway/security/framing.test.ts",
    projectName: "gateway",
  },
  {
    name: "A length that could be read in two ways is refused: > a list of lengths",
    file: "/work/wt/faults/tests/gateway/security/framing.test.ts",
    projectName: "gateway",
  },
  {
    name: "A length that could be read in two ways is refused: > a signed length",
    file: "/work/wt/faults/tests/gateway/security/framing.test.ts",
    projectName: "gateway",
  },
  {
    name: "A length that could be read in two ways is refused: > a negative length",
    file: "/work/wt/faults/tests/gateway/security/framing.test.ts",
    projectName: "gateway",
  },
  {
    name: "A length that could be read in two ways is refused: > a hexadecimal length",
    file: "/work/wt/faults/tests/gateway/security/framing.test.ts",
    projectName: "gateway",
  },
  {
    name: "A length that could be read in two ways is refused: > a length that is too long for a number",
    file: "/work/wt/faults/tests/gateway/security/framing.test.ts",
    projectName: "gateway",
  },
  {
    name: "A length that could be read in two ways is refused: > a space before the colon",
    file: "/work/wt/faults/tests/gateway/security/framing.test.ts",
    projectName: "gateway",
  },
  {
    name: "A length that could be read in two ways is refused: > a coding in quotes",
    file: "/work/wt/faults/tests/gateway/security/framing.test.ts",
    projectName: "gateway",
  },
  {
    name: "A length that could be read in two ways is refused: > an unknown coding",
    file: "/work/wt/faults/tests/gateway/security/framing.test.ts",
    projectName: "gateway",
  },
  {
    name: "A length that could be read in two ways is refused: > identity",
    file: "/work/wt/faults/tests/gateway/security/framing.test.ts",
    projectName: "gateway",
  },
  {
    name: "A length that could be read in two ways is refused: > chunked, then another",
    file: "/work/wt/faults/tests/gateway/security/framing.test.ts",
    projectName: "gateway",
  },
  {
    name: "A length that could be read in two ways is refused: > gzip, then chunked",
    file: "/work/wt/faults/tests/gateway/security/framing.test.ts",
    projectName: "gateway",
  },
  {
    name: "A length that could be read in two ways is refused: > chunked twice",
    file: "/work/wt/faults/tests/gateway/security/framing.test.ts",
    projectName: "gateway",
  },
  {
    name: "A length that could be read in two ways is refused: > two codings",
    file: "/work/wt/faults/tests/gateway/security/framing.test.ts",
    projectName: "gateway",
  },
  {
    name: "A length that could be read in two ways is refused: > a vertical tab",
    file: "/work/wt/faults/tests/gateway/security/framing.test.ts",
    projectName: "gateway",
  },
  {
    name: "A length that could be read in two ways is refused: > chunked in HTTP/1.0",
    file: "/work/wt/faults/tests/gateway/security/framing.test.ts",
    projectName: "gateway",
  },
  {
    name: "A line that could be read in two ways is refused: > a folded header",
    file: "/work/wt/faults/tests/gateway/security/framing.test.ts",
    projectName: "gateway",
  },
  {
    name: "A line that could be read in two ways is refused: > a bare LF after a header",
    file: "/work/wt/faults/tests/gateway/security/framing.test.ts",
    projectName: "gateway",
  },
  {
    name: "A line that could be read in two ways is refused: > a bare CR in a header",
    file: "/work/wt/faults/tests/gateway/security/framing.test.ts",
    projectName: "gateway",
  },
  {
    name: "A line that could be read in two ways is refused: > a NUL in a header",
    file: "/work/wt/faults/tests/gateway/security/framing.test.ts",
    projectName: "gateway",
  },
  {
    name: "A line that could be read in two ways is refused: > a header without a name",
    file: "/work/wt/faults/tests/gateway/security/framing.test.ts",
    projectName: "gateway",
  },
  {
    name: "A line that could be read in two ways is refused: > a name with a space",
    file: "/work/wt/faults/tests/gateway/security/framing.test.ts",
    projectName: "gateway",
  },
  {
    name: "A line that could be read in two ways is refused: > a bare LF after a chunk's size",
    file: "/work/wt/faults/tests/gateway/security/framing.test.ts",
    projectName: "gateway",
  },
  {
    name: "A line that could be read in two ways is refused: > a bare LF after a chunk",
    file: "/work/wt/faults/tests/gateway/security/framing.test.ts",
    projectName: "gateway",
  },
  {
    name: "A line that could be read in two ways is refused: > a chunk without a size",
    file: "/work/wt/faults/tests/gateway/security/framing.test.ts",
    projectName: "gateway",
  },
  {
    name: "A line that could be read in two ways is refused: > a chunk of a negative size",
    file: "/work/wt/faults/tests/gateway/security/framing.test.ts",
    projectName: "gateway",
  },
  {
    name: "A line that could be read in two ways is refused: > a chunk of a size in 0x",
    file: "/work/wt/faults/tests/gateway/security/framing.test.ts",
    projectName: "gateway",
  },
  {
    name: "A line that could be read in two ways is refused: > a chunk larger than 64 bits",
    file: "/work/wt/faults/tests/gateway/security/framing.test.ts",
    projectName: "gateway",
  },
  {
    name: "A line that could be read in two ways is refused: > extensions without end",
    file: "/work/wt/faults/tests/gateway/security/framing.test.ts",
    projectName: "gateway",
  },
  {
    name: "A line that could be read in two ways is refused: > HTTP/2",
    file: "/work/wt/faults/tests/gateway/security/framing.test.ts",
    projectName: "gateway",
  },
  {
    name: "A line that could be read in two ways is refused: > HTTP/0.9",
    file: "/work/wt/faults/tests/gateway/security/framing.test.ts",
    projectName: "gateway",
  },
  {
    name: "A line that could be read in two ways is refused: > HTTP/1.2",
    file: "/work/wt/faults/tests/gateway/security/framing.test.ts",
    projectName: "gateway",
  },
  {
    name: "A line that could be read in two ways is refused: > TLS",
    file: "/work/wt/faults/tests/gateway/security/framing.test.ts",
    projectName: "gateway",
  },
  {
    name: "a chunk's extension is no harm, and stays behind",
    file: "/work/wt/faults/tests/gateway/security/framing.test.ts",
    projectName: "gateway",
  },
  {
    name: "trailers is no harm, and stays behind",
    file: "/work/wt/faults/tests/gateway/security/framing.test.ts",
    projectName: "gateway",
  },
  {
    name: "many small chunks is no harm, and stays behind",
    file: "/work/wt/faults/tests/gateway/security/framing.test.ts",
    projectName: "gateway",
  },
  {
    name: "A host is one, and nothing of it chooses where a request goes: > two of them",
    file: "/work/wt/faults/tests/gateway/security/framing.test.ts",
    projectName: "gateway",
  },
  {
    name: "A host is one, and nothing of it chooses where a request goes: > two that are the same",
    file: "/work/wt/faults/tests/gateway/security/framing.test.ts",
    projectName: "gateway",
  },
  {
    name: "A host is one, and nothing of it chooses where a request goes: > the second behind many headers",
    file: "/work/wt/faults/tests/gateway/security/framing.test.ts",
    projectName: "gateway",
  },
  {
    name: "A host is one, and nothing of it chooses where a request goes: > none",
    file: "/work/wt/faults/tests/gateway/security/framing.test.ts",
    projectName: "gateway",
  },
  {
    name: "A host is one, and nothing of it chooses where a request goes: > none in HTTP/1.0",
    file: "/work/wt/faults/tests/gateway/security/framing.test.ts",
    projectName: "gateway",
  },
  {
    name: "A host is one, and nothing of it chooses where a request goes: > those who forward do not either",
    file: "/work/wt/faults/tests/gateway/security/framing.test.ts",
    projectName: "gateway",
  },
  {
    name: "A place that is not plainly here is refused: > http://evil.test/v1/models",
    file: "/work/wt/faults/tests/gateway/security/framing.test.ts",
    projectName: "gateway",
  },
  {
    name: "A place that is not plainly here is refused: > https://evil.test/v1/models",
    file: "/work/wt/faults/tests/gateway/security/framing.test.ts",
    projectName: "gateway",
  },
  {
    name: "A place that is not plainly here is refused: > HTTP://gateway/v1/models",
    file: "/work/wt/faults/tests/gateway/security/framing.test.ts",
    projectName: "gateway",
  },
  {
    name: "A place that is not plainly here is refused: > //evil.test/v1/models",
    file: "/work/wt/faults/tests/gateway/security/framing.test.ts",
    projectName: "gateway",
  },
  {
    name: "A place that is not plainly here is refused: > ///evil.test/v1/models",
    file: "/work/wt/faults/tests/gateway/security/framing.test.ts",
    projectName: "gateway",
  },
  {
    name: "A place that is not plainly here is refused: > /\\evil.test/v1/models",
    file: "/work/wt/faults/tests/gateway/security/framing.test.ts",
    projectName: "gateway",
  },
  {
    name: "A place that is not plainly here is refused: > /v1/../admin",
    file: "/work/wt/faults/tests/gateway/security/framing.test.ts",
    projectName: "gateway",
  },
  {
    name: "A place that is not plainly here is refused: > /v1/./models",
    file: "/work/wt/faults/tests/gateway/security/framing.test.ts",
    projectName: "gateway",
  },
  {
    name: "A place that is not plainly here is refused: > /v1/..",
    file: "/work/wt/faults/tests/gateway/security/framing.test.ts",
    projectName: "gateway",
  },
  {
    name: "A place that is not plainly here is refused: > /v1/..;/admin",
    file: "/work/wt/faults/tests/gateway/security/framing.test.ts",
    projectName: "gateway",
  },
  {
    name: "A place that is not plainly here is refused: > /v1/..;x=y/admin",
    file: "/work/wt/faults/tests/gateway/security/framing.test.ts",
    projectName: "gateway",
  },
  {
    name: "A place that is not plainly here is refused: > /v1/.;/models",
    file: "/work/wt/faults/tests/gateway/security/framing.test.ts",
    projectName: "gateway",
  },
  {
    name: "A place that is not plainly here is refused: > /v1/%2e%2e/admin",
    file: "/work/wt/faults/tests/gateway/security/framing.test.ts",
    projectName: "gateway",
  },
  {
    name: "A place that is not plainly here is refused: > /v1/.%2e/admin",
    file: "/work/wt/faults/tests/gateway/security/framing.test.ts",
    projectName: "gateway",
  },
  {
    name: "A place that is not plainly here is refused: > /v1/%2E%2E%2Fadmin",
    file: "/work/wt/faults/tests/gateway/security/framing.test.ts",
    projectName: "gateway",
  },
  {
    name: "A place that is not plainly here is refused: > /v1/%252e%252e/admin",
    file: "/work/wt/faults/tests/gateway/security/framing.test.ts",
    projectName: "gateway",
  },
  {
    name: "A place that is not plainly here is refused: > /v1/a%2fb",
    file: "/work/wt/faults/tests/gateway/security/framing.test.ts",
    projectName: "gateway",
  },
  {
    name: "A place that is not plainly here is refused: > /v1/a%5cb",
    file: "/work/wt/faults/tests/gateway/security/framing.test.ts",
    projectName: "gateway",
  },
  {
    name: "A place that is not plainly here is refused: > /v1/a\\..\\b",
    file: "/work/wt/faults/tests/gateway/security/framing.test.ts",
    projectName: "gateway",
  },
  {
    name: "A place that is not plainly here is refused: > /v1/models%00",
    file: "/work/wt/faults/tests/gateway/security/framing.test.ts",
    projectName: "gateway",
  },
  {
    name: "A place that is not plainly here is refused: > /v1/models%0d%0ax-a:b",
    file: "/work/wt/faults/tests/gateway/security/framing.test.ts",
    projectName: "gateway",
  },
  {
    name: "A place that is not plainly here is refused: > /v1/models#x",
    file: "/work/wt/faults/tests/gateway/security/framing.test.ts",
    projectName: "gateway",
  },
  {
    name: "A place that is not plainly here is refused: > /v1/mod%",
    file: "/work/wt/faults/tests/gateway/security/framing.test.ts",
    projectName: "gateway",
  },
  {
    name: "A place that is not plainly here is refused: > /v1//models",
    file: "/work/wt/faults/tests/gateway/security/framing.test.ts",
    projectName: "gateway",
  },
  {
    name: "A place that is not plainly here is refused: > /r/main//evil.test/v1/models",
    file: "/work/wt/faults/tests/gateway/security/framing.test.ts",
    projectName: "gateway",
  },
  {
    name: "A place that is not plainly here is refused: > /openai/v1/..%2f..%2fadmin",
    file: "/work/wt/faults/tests/gateway/security/framing.test.ts",
    projectName: "gateway",
  },
  {
    name: "A place that is not plainly here is refused: > @evil.test/v1/models",
    file: "/work/wt/faults/tests/gateway/security/framing.test.ts",
    projectName: "gateway",
  },
  {
    name: "A place that is not plainly here is refused: > *",
    file: "/work/wt/faults/tests/gateway/security/framing.test.ts",
    projectName: "gateway",
  },
  {
    name: "A place that is not plainly here is refused: > evil.test:443",
    file: "/work/wt/faults/tests/gateway/security/framing.test.ts",
    projectName: "gateway",
  },
  {
    name: "A place that is not plainly here is refused: > /v1/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    file: "/work/wt/faults/tests/gateway/security/framing.test.ts",
    projectName: "gateway",
  },
  {
    name: 'A place that is not plainly here is refused: > the method "CONNECT"',
    file: "/work/wt/faults/tests/gateway/security/framing.test.ts",
    projectName: "gateway",
  },
  {
    name: 'A place that is not plainly here is refused: > the method "TRACE"',
    file: "/work/wt/faults/tests/gateway/security/framing.test.ts",
    projectName: "gateway",
  },
  {
    name: 'A place that is not plainly here is refused: > the method "TRACK"',
    file: "/work/wt/faults/tests/gateway/security/framing.test.ts",
    projectName: "gateway",
  },
  {
    name: 'A place that is not plainly here is refused: > the method "OPTIONS"',
    file: "/work/wt/faults/tests/gateway/security/framing.test.ts",
    projectName: "gateway",
  },
  {
    name: 'A place that is not plainly here is refused: > the method "PROPFIND"',
    file: "/work/wt/faults/tests/gateway/security/framing.test.ts",
    projectName: "gateway",
  },
  {
    name: 'A place that is not plainly here is refused: > the method "PURGE"',
    file: "/work/wt/faults/tests/gateway/security/framing.test.ts",
    projectName: "gateway",
  },
  {
    name: 'A place that is not plainly here is refused: > the method "get"',
    file: "/work/wt/faults/tests/gateway/security/framing.test.ts",
    projectName: "gateway",
  },
  {
    name: 'A place that is not plainly here is refused: > the method "G\\tET"',
    file: "/work/wt/faults/tests/gateway/security/framing.test.ts",
    projectName: "gateway",
  },
  {
    name: 'A place that is not plainly here is refused: > the method ""',
    file: "/work/wt/faults/tests/gateway/security/framing.test.ts",
    projectName: "gateway",
  },
  {
    name: 'A place that is not plainly here is refused: > the method "XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX"',
    file: "/work/wt/faults/tests/gateway/security/framing.test.ts",
    projectName: "gateway",
  },
  {
    name: "What asks for another protocol gets HTTP/1.1: > a web socket",
    file: "/work/wt/faults/tests/gateway/security/framing.test.ts",
    projectName: "gateway",
  },
  {
    name: "What asks for another protocol gets HTTP/1.1: > HTTP/2 in clear text",
    file: "/work/wt/faults/tests/gateway/security/framing.test.ts",
    projectName: "gateway",
  },
  {
    name: "What asks for another protocol gets HTTP/1.1: > an expectation that nobody knows is a 417",
    file: "/work/wt/faults/tests/gateway/security/framing.test.ts",
    projectName: "gateway",
  },
  {
    name: "Headers beyond what they may be are refused: > a large one",
    file: "/work/wt/faults/tests/gateway/security/framing.test.ts",
    projectName: "gateway",
  },
  {
    name: "Headers beyond what they may be are refused: > a long name",
    file: "/work/wt/faults/tests/gateway/security/framing.test.ts",
    projectName: "gateway",
  },
  {
    name: "Headers beyond what they may be are refused: > many",
    file: "/work/wt/faults/tests/gateway/security/framing.test.ts",
    projectName: "gateway",
  },
  {
    name: "Headers beyond what they may be are refused: > many that are hardly anything",
    file: "/work/wt/faults/tests/gateway/security/framing.test.ts",
    projectName: "gateway",
  },
  {
    name: "Headers beyond what they may be are refused: > trailers without end",
    file: "/work/wt/faults/tests/gateway/security/framing.test.ts",
    projectName: "gateway",
  },
  {
    name: "What is put together from pieces of HTTP",
    file: "/work/wt/faults/tests/gateway/security/fuzz.test.ts",
    projectName: "gateway",
  },
  {
    name: "Any bytes",
    file: "/work/wt/faults/tests/gateway/security/fuzz.test.ts",
    projectName: "gateway",
  },
  {
    name: "A good request with a few bytes changed, left out or put in",
    file: "/work/wt/faults/tests/gateway/security/fuzz.test.ts",
    projectName: "gateway",
  },
  {
    name: "A body that is JSON of any kind, or nearly",
    file: "/work/wt/faults/tests/gateway/security/fuzz.test.ts",
    projectName: "gateway",
  },
  {
    name: "A path and a header of any kind",
    file: "/work/wt/faults/tests/gateway/security/fuzz.test.ts",
    projectName: "gateway",
  },
  {
    name: "A provider that answers anything",
    file: "/work/wt/faults/tests/gateway/security/fuzz.test.ts",
    projectName: "gateway",
  },
  {
    name: "Of a caller's secrets > a target of the openai format by openai with auth bearer gets its own",
    file: "/work/wt/faults/tests/gateway/security/header-leaks.test.ts",
    projectName: "gateway",
  },
  {
    name: "Of a caller's secrets > a target of the openai format by openai with auth header gets its own",
    file: "/work/wt/faults/tests/gateway/security/header-leaks.test.ts",
    projectName: "gateway",
  },
  {
    name: "Of a caller's secrets > a target of the openai format by openai with auth query gets its own",
    file: "/work/wt/faults/tests/gateway/security/header-leaks.test.ts",
    projectName: "gateway",
  },
  {
    name: "Of a caller's secrets > a target of the openai format by openai with auth caller gets its own",
    file: "/work/wt/faults/tests/gateway/security/header-leaks.test.ts",
    projectName: "gateway",
  },
  {
    name: "Of a caller's secrets > a target of the openai format by openai with auth none gets its own",
    file: "/work/wt/faults/tests/gateway/security/header-leaks.test.ts",
    projectName: "gateway",
  },
  {
    name: "Of a caller's secrets > a target of the openai format by azure-openai with auth bearer gets its own",
    file: "/work/wt/faults/tests/gateway/security/header-leaks.test.ts",
    projectName: "gateway",
  },
  {
    name: "Of a caller's secrets > a target of the openai format by azure-openai with auth header gets its own",
    file: "/work/wt/faults/tests/gateway/security/header-leaks.test.ts",
    projectName: "gateway",
  },
  {
    name: "Of a caller's secrets > a target of the openai format by azure-openai with auth query gets its own",
    file: "/work/wt/faults/tests/gateway/security/header-leaks.test.ts",
    projectName: "gateway",
  },
  {
    name: "Of a caller's secrets > a target of the openai format by azure-openai with auth caller gets its own",
    file: "/work/wt/faults/tests/gateway/security/header-leaks.test.ts",
    projectName: "gateway",
  },
  {
    name: "Of a caller's secrets > a target of the openai format by azure-openai with auth none gets its own",
    file: "/work/wt/faults/tests/gateway/security/header-leaks.test.ts",
    projectName: "gateway",
  },
  {
    name: "Of a caller's secrets > a target of the openai format by groq with auth bearer gets its own",
    file: "/work/wt/faults/tests/gateway/security/header-leaks.test.ts",
    projectName: "gateway",
  },
  {
    name: "Of a caller's secrets > a target of the openai format by groq with auth header gets its own",
    file: "/work/wt/faults/tests/gateway/security/header-leaks.test.ts",
    projectName: "gateway",
  },
  {
    name: "Of a caller's secrets > a target of the openai format by groq with auth query gets its own",
    file: "/work/wt/faults/tests/gateway/security/header-leaks.test.ts",
    projectName: "gateway",
  },
  {
    name: "Of a caller's secrets > a target of the openai format by groq with auth caller gets its own",
    file: "/work/wt/faults/tests/gateway/security/header-leaks.test.ts",
    projectName: "gateway",
  },
  {
    name: "Of a caller's secrets > a target of the openai format by groq with auth none gets its own",
    file: "/work/wt/faults/tests/gateway/security/header-leaks.test.ts",
    projectName: "gateway",
  },
  {
    name: "Of a caller's secrets > a target of the anthropic format by anthropic with auth bearer gets its own",
    file: "/work/wt/faults/tests/gateway/security/header-leaks.test.ts",
    projectName: "gateway",
  },
  {
    name: "Of a caller's secrets > a target of the anthropic format by anthropic with auth header gets its own",
    file: "/work/wt/faults/tests/gateway/security/header-leaks.test.ts",
    projectName: "gateway",
  },
  {
    name: "Of a caller's secrets > a target of the anthropic format by anthropic with auth query gets its own",
    file: "/work/wt/faults/tests/gateway/security/header-leaks.test.ts",
    projectName: "gateway",
  },
  {
    name: "Of a caller's secrets > a target of the anthropic format by anthropic with auth caller gets its own",
    file: "/work/wt/faults/tests/gateway/security/header-leaks.test.ts",
    projectName: "gateway",
  },
  {
    name: "Of a caller's secrets > a target of the anthropic format by anthropic with auth none gets its own",
    file: "/work/wt/faults/tests/gateway/security/header-leaks.test.ts",
    projectName: "gateway",
  },
  {
    name: "Of a caller's secrets > a target of the anthropic format by azure-openai with auth bearer gets its own",
    file: "/work/wt/faults/tests/gateway/security/header-leaks.test.ts",
    projectName: "gateway",
  },
  {
    name: "Of a caller's secrets > a target of the anthropic format by azure-openai with auth header gets its own",
    file: "/work/wt/faults/tests/gateway/security/header-leaks.test.ts",
    projectName: "gateway",
  },
  {
    name: "Of a caller's secrets > a target of the anthropic format by azure-openai with auth query gets its own",
    file: "/work/wt/faults/tests/gateway/security/header-leaks.test.ts",
    projectName: "gateway",
  },
  {
    name: "Of a caller's secrets > a target of the anthropic format by azure-openai with auth caller gets its own",
    file: "/work/wt/faults/tests/gateway/security/header-leaks.test.ts",
    projectName: "gateway",
  },
  {
    name: "Of a caller's secrets > a target of the anthropic format by azure-openai with auth none gets its own",
    file: "/work/wt/faults/tests/gateway/security/header-leaks.test.ts",
    projectName: "gateway",
  },
  {
    name: "Of a caller's secrets > a target of the anthropic format by groq with auth bearer gets its own",
    file: "/work/wt/faults/tests/gateway/security/header-leaks.test.ts",
    projectName: "gateway",
  },
  {
    name: "Of a caller's secrets > a target of the anthropic format by groq with auth header gets its own",
    file: "/work/wt/faults/tests/gateway/security/header-leaks.test.ts",
    projectName: "gateway",
  },
  {
    name: "Of a caller's secrets > a target of the anthropic format by groq with auth query gets its own",
    file: "/work/wt/faults/tests/gateway/security/header-leaks.test.ts",
    projectName: "gateway",
  },
  {
    name: "Of a caller's secrets > a target of the anthropic format by groq with auth caller gets its own",
    file: "/work/wt/faults/tests/gateway/security/header-leaks.test.ts",
    projectName: "gateway",
  },
  {
    name: "Of a caller's secrets > a target of the anthropic format by groq with auth none gets its own",
    file: "/work/wt/faults/tests/gateway/security/header-leaks.test.ts",
    projectName: "gateway",
  },
  {
    name: "Of a caller's secrets > a target of the gemini format by gemini with auth bearer gets its own",
    file: "/work/wt/faults/tests/gateway/security/header-leaks.test.ts",
    projectName: "gateway",
  },
  {
    name: "Of a caller's secrets > a target of the gemini format by gemini with auth header gets its own",
    file: "/work/wt/faults/tests/gateway/security/header-leaks.test.ts",
    projectName: "gateway",
  },
  {
    name: "Of a caller's secrets > a target of the gemini format by gemini with auth query gets its own",
    file: "/work/wt/faults/tests/gateway/security/header-leaks.test.ts",
    projectName: "gateway",
  },
  {
    name: "Of a caller's secrets > a target of the gemini format by gemini with auth caller gets its own",
    file: "/work/wt/faults/tests/gateway/security/header-leaks.test.ts",
    projectName: "gateway",
  },
  {
    name: "Of a caller's secrets > a target of the gemini format by gemini with auth none gets its own",
    file: "/work/wt/faults/tests/gateway/security/header-leaks.test.ts",
    projectName: "gateway",
  },
  {
    name: "Of a caller's secrets > a target of the gemini format by azure-openai with auth bearer gets its own",
    file: "/work/wt/faults/tests/gateway/security/header-leaks.test.ts",
    projectName: "gateway",
  },
  {
    name: "Of a caller's secrets > a target of the gemini format by azure-openai with auth header gets its own",
    file: "/work/wt/faults/tests/gateway/security/header-leaks.test.ts",
    projectName: "gateway",
  },
  {
    name: "Of a caller's secrets > a target of the gemini format by azure-openai with auth query gets its own",
    file: "/work/wt/faults/tests/gateway/security/header-leaks.test.ts",
    projectName: "gateway",
  },
  {
    name: "Of a caller's secrets > a target of the gemini format by azure-openai with auth caller gets its own",
    file: "/work/wt/faults/tests/gateway/security/header-leaks.test.ts",
    projectName: "gateway",
  },
  {
    name: "Of a caller's secrets > a target of the gemini format by azure-openai with auth none gets its own",
    file: "/work/wt/faults/tests/gateway/security/header-leaks.test.ts",
    projectName: "gateway",
  },
  {
    name: "Of a caller's secrets > a target of the gemini format by groq with auth bearer gets its own",
    file: "/work/wt/faults/tests/gateway/security/header-leaks.test.ts",
    projectName: "gateway",
  },
  {
    name: "Of a caller's secrets > a target of the gemini format by groq with auth header gets its own",
    file: "/work/wt/faults/tests/gateway/security/header-leaks.test.ts",
    projectName: "gateway",
  },
  {
    name: "Of a caller's secrets > a target of the gemini format by groq with auth query gets its own",
    file: "/work/wt/faults/tests/gateway/security/header-leaks.test.ts",
    projectName: "gateway",
  },
  {
    name: "Of a caller's secrets > a target of the gemini format by groq with auth caller gets its own",
    file: "/work/wt/faults/tests/gateway/security/header-leaks.test.ts",
    projectName: "gateway",
  },
  {
    name: "Of a caller's secrets > a target of the gemini format by groq with auth none gets its own",
    file: "/work/wt/faults/tests/gateway/security/header-leaks.test.ts",
    projectName: "gateway",
  },
  {
    name: "Of a caller's secrets > none goes to the next target after one with auth bearer, nor does that one's own",
    file: "/work/wt/faults/tests/gateway/security/header-leaks.test.ts",
    projectName: "gateway",
  },
  {
    name: "Of a caller's secrets > none goes to the next target after one with auth header, nor does that one's own",
    file: "/work/wt/faults/tests/gateway/security/header-leaks.test.ts",
    projectName: "gateway",
  },
  {
    name: "Of a caller's secrets > none goes to the next target after one with auth query, nor does that one's own",
    file: "/work/wt/faults/tests/gateway/security/header-leaks.test.ts",
    projectName: "gateway",
  },
  {
    name: "Of a caller's secrets > none goes to the next target after one with auth caller, nor does that one's own",
    file: "/work/wt/faults/tests/gateway/security/header-leaks.test.ts",
    projectName: "gateway",
  },
  {
    name: "Of a caller's secrets > none goes to the next target after one with auth none, nor does that one's own",
    file: "/work/wt/faults/tests/gateway/security/header-leaks.test.ts",
    projectName: "gateway",
  },
  {
    name: "Of a caller's secrets > none follows a 301, nor does the target's own",
    file: "/work/wt/faults/tests/gateway/security/header-leaks.test.ts",
    projectName: "gateway",
  },
  {
    name: "Of a caller's secrets > none follows a 302, nor does the target's own",
    file: "/work/wt/faults/tests/gateway/security/header-leaks.test.ts",
    projectName: "gateway",
  },
  {
    name: "Of a caller's secrets > none follows a 303, nor does the target's own",
    file: "/work/wt/faults/tests/gateway/security/header-leaks.test.ts",
    projectName: "gateway",
  },
  {
    name: "Of a caller's secrets > none follows a 307, nor does the target's own",
    file: "/work/wt/faults/tests/gateway/security/header-leaks.test.ts",
    projectName: "gateway",
  },
  {
    name: "Of a caller's secrets > none follows a 308, nor does the target's own",
    file: "/work/wt/faults/tests/gateway/security/header-leaks.test.ts",
    projectName: "gateway",
  },
  {
    name: "A key of the gateway's own > in the header of OpenAI's SDK goes to no provider, not even to one that gets the caller's",
    file: "/work/wt/faults/tests/gateway/security/header-leaks.test.ts",
    projectName: "gateway",
  },
  {
    name: "A key of the gateway's own > in two headers goes to no provider, not even to one that gets the caller's",
    file: "/work/wt/faults/tests/gateway/security/header-leaks.test.ts",
    projectName: "gateway",
  },
  {
    name: "A key of the gateway's own > in ours and in theirs goes to no provider, not even to one that gets the caller's",
    file: "/work/wt/faults/tests/gateway/security/header-leaks.test.ts",
    projectName: "gateway",
  },
  {
    name: "A key of the gateway's own > in ours, and another client's in theirs goes to no provider, not even to one that gets the caller's",
    file: "/work/wt/faults/tests/gateway/security/header-leaks.test.ts",
    projectName: "gateway",
  },
  {
    name: "A key of the gateway's own > in a header of any name goes to no provider, not even to one that gets the caller's",
    file: "/work/wt/faults/tests/gateway/security/header-leaks.test.ts",
    projectName: "gateway",
  },
  {
    name: "A key of the gateway's own > in the query too goes to no provider, not even to one that gets the caller's",
    file: "/work/wt/faults/tests/gateway/security/header-leaks.test.ts",
    projectName: "gateway",
  },
  {
    name: "A key of the gateway's own > in the query, escaped goes to no provider, not even to one that gets the caller's",
    file: "/work/wt/faults/tests/gateway/security/header-leaks.test.ts",
    projectName: "gateway",
  },
  {
    name: "A key of the gateway's own > in the query alone goes to no provider either",
    file: "/work/wt/faults/tests/gateway/security/header-leaks.test.ts",
    projectName: "gateway",
  },
  {
    name: "A target's own secret does not come back to the caller > which was sent as a bearer, from an error that shows what was asked",
    file: "/work/wt/faults/tests/gateway/security/header-leaks.test.ts",
    projectName: "gateway",
  },
  {
    name: "A target's own secret does not come back to the caller > which was sent as a bearer, from an answer that shows what was asked",
    file: "/work/wt/faults/tests/gateway/security/header-leaks.test.ts",
    projectName: "gateway",
  },
  {
    name: "A target's own secret does not come back to the caller > which was sent as a bearer, from no success that shows what was asked",
    file: "/work/wt/faults/tests/gateway/security/header-leaks.test.ts",
    projectName: "gateway",
  },
  {
    name: "A target's own secret does not come back to the caller > which was sent as a header with a scheme, from an error that shows what was asked",
    file: "/work/wt/faults/tests/gateway/security/header-leaks.test.ts",
    projectName: "gateway",
  },
  {
    name: "A target's own secret does not come back to the caller > which was sent as a header with a scheme, from an answer that shows what was asked",
    file: "/work/wt/faults/tests/gateway/security/header-leaks.test.ts",
    projectName: "gateway",
  },
  {
    name: "A target's own secret does not come back to the caller > which was sent as a header with a scheme, from no success that shows what was asked",
    file: "/work/wt/faults/tests/gateway/security/header-leaks.test.ts",
    projectName: "gateway",
  },
  {
    name: "A target's own secret does not come back to the caller > which was sent in the query, from an error that shows what was asked",
    file: "/work/wt/faults/tests/gateway/security/header-leaks.test.ts",
    projectName: "gateway",
  },
  {
    name: "A target's own secret does not come back to the caller > which was sent in the query, from an answer that shows what was asked",
    file: "/work/wt/faults/tests/gateway/security/header-leaks.test.ts",
    projectName: "gateway",
  },
  {
    name: "A target's own secret does not come back to the caller > which was sent in the query, from no success that shows what was asked",
    file: "/work/wt/faults/tests/gateway/security/header-leaks.test.ts",
    projectName: "gateway",
  },
  {
    name: "A target's own secret does not come back to the caller > which was sent in a header that is set, from an error that shows what was asked",
    file: "/work/wt/faults/tests/gateway/security/header-leaks.test.ts",
    projectName: "gateway",
  },
  {
    name: "A target's own secret does not come back to the caller > which was sent in a header that is set, from an answer that shows what was asked",
    file: "/work/wt/faults/tests/gateway/security/header-leaks.test.ts",
    projectName: "gateway",
  },
  {
    name: "A target's own secret does not come back to the caller > which was sent in a header that is set, from no success that shows what was asked",
    file: "/work/wt/faults/tests/gateway/security/header-leaks.test.ts",
    projectName: "gateway",
  },
  {
    name: "A target's own secret does not come back to the caller > which was sent in a query that is set, from an error that shows what was asked",
    file: "/work/wt/faults/tests/gateway/security/header-leaks.test.ts",
    projectName: "gateway",
  },
  {
    name: "A target's own secret does not come back to the caller > which was sent in a query that is set, from an answer that shows what was asked",
    file: "/work/wt/faults/tests/gateway/security/header-leaks.test.ts",
    projectName: "gateway",
  },
  {
    name: "A target's own secret does not come back to the caller > which was sent in a query that is set, from no success that shows what was asked",
    file: "/work/wt/faults/tests/gateway/security/header-leaks.test.ts",
    projectName: "gateway",
  },
  {
    name: "A target's own secret does not come back to the caller > which the provider refused, says so in words of ours",
    file: "/work/wt/faults/tests/gateway/security/header-leaks.test.ts",
    projectName: "gateway",
  },
  {
    name: "A caller who leaves > before there is an answer lets go of the provider within 50 ms",
    file: "/work/wt/faults/tests/gateway/faults/callers.test.ts",
    projectName: "gateway",
  },
  {
    name: "A caller who leaves > after the head of an answer lets go of the provider within 50 ms",
    file: "/work/wt/faults/tests/gateway/faults/callers.test.ts",
    projectName: "gateway",
  },
  {
    name: "A caller who leaves > in an answer in one piece lets go of the provider within 50 ms",
    file: "/work/wt/faults/tests/gateway/faults/callers.test.ts",
    projectName: "gateway",
  },
  {
    name: "A caller who leaves > before the first content of a stream lets go of the provider within 50 ms",
    file: "/work/wt/faults/tests/gateway/faults/callers.test.ts",
    projectName: "gateway",
  },
  {
    name: "A caller who leaves > in a stream lets go of the provider within 50 ms",
    file: "/work/wt/faults/tests/gateway/faults/callers.test.ts",
    projectName: "gateway",
  },
  {
    name: "A caller who leaves > in a stream that is still lets go of the provider within 50 ms",
    file: "/work/wt/faults/tests/gateway/faults/callers.test.ts",
    projectName: "gateway",
  },
  {
    name: "A caller who leaves > in a refusal lets go of the provider within 50 ms",
    file: "/work/wt/faults/tests/gateway/faults/callers.test.ts",
    projectName: "gateway",
  },
  {
    name: "A caller who leaves > in an assured stream lets go of the provider within 50 ms",
    file: "/work/wt/faults/tests/gateway/faults/callers.test.ts",
    projectName: "gateway",
  },
  {
    name: "A caller who leaves > while it waits for a circuit to close gives up its place",
    file: "/work/wt/faults/tests/gateway/faults/callers.test.ts",
    projectName: "gateway",
  },
  {
    name: "A caller who leaves > between two tries is not tried for again",
    file: "/work/wt/faults/tests/gateway/faults/callers.test.ts",
    projectName: "gateway",
  },
  {
    name: "A caller who leaves > in its own request reaches nobody",
    file: "/work/wt/faults/tests/gateway/faults/callers.test.ts",
    projectName: "gateway",
  },
  {
    name: "A caller who leaves > by half, having said all, is gone",
    file: "/work/wt/faults/tests/gateway/faults/callers.test.ts",
    projectName: "gateway",
  },
  {
    name: "A caller who leaves > by half, having said all, is gone",
    file: "/work/wt/faults/tests/gateway/faults/callers.test.ts",
    projectName: "gateway",
  },
  {
    name: "Callers who read slowly > take no more than a megabyte each, however much there is to read",
    file: "/work/wt/faults/tests/gateway/faults/callers.test.ts",
    projectName: "gateway",
  },
  {
    name: "Connections that say nothing > by the thousand keep nobody from an answer",
    file: "/work/wt/faults/tests/gateway/faults/callers.test.ts",
    projectName: "gateway",
  },
  {
    name: "Connections that say nothing > are closed, as are those that say their head or their body a byte at a time",
    file: "/work/wt/faults/tests/gateway/faults/callers.test.ts",
    projectName: "gateway",
  },
  {
    name: "A gateway stops with every kind of caller on it",
    file: "/work/wt/faults/tests/gateway/faults/callers.test.ts",
    projectName: "gateway",
  },
  {
    name: "A provider that says another protocol is left, and the next one answers",
    file: "/work/wt/faults/tests/gateway/faults/providers.test.ts",
    projectName: "gateway",
  },
  {
    name: "A provider that says a version that is none is left, and the next one answers",
    file: "/work/wt/faults/tests/gateway/faults/providers.test.ts",
    projectName: "gateway",
  },
  {
    name: "A provider that has no status is left, and the next one answers",
    file: "/work/wt/faults/tests/gateway/faults/providers.test.ts",
    projectName: "gateway",
  },
  {
    name: "A provider that has a status of two digits is left, and the next one answers",
    file: "/work/wt/faults/tests/gateway/faults/providers.test.ts",
    projectName: "gateway",
  },
  {
    name: "A provider that has a status of four digits is left, and the next one answers",
    file: "/work/wt/faults/tests/gateway/faults/providers.test.ts",
    projectName: "gateway",
  },
  {
    name: "A provider that has status 0 is left, and the next one answers",
    file: "/work/wt/faults/tests/gateway/faults/providers.test.ts",
    projectName: "gateway",
  },
  {
    name: "A provider that has status 99 is left, and the next one answers",
    file: "/work/wt/faults/tests/gateway/faults/providers.test.ts",
    projectName: "gateway",
  },
  {
    name: "A provider that changes the protocol is left, and the next one answers",
    file: "/work/wt/faults/tests/gateway/faults/providers.test.ts",
    projectName: "gateway",
  },
  {
    name: "A provider that says both lengths is left, and the next one answers",
    file: "/work/wt/faults/tests/gateway/faults/providers.test.ts",
    projectName: "gateway",
  },
  {
    name: "A provider that says a negative length is left, and the next one answers",
    file: "/work/wt/faults/tests/gateway/faults/providers.test.ts",
    projectName: "gateway",
  },
  {
    name: "A provider that says a length that is no number is left, and the next one answers",
    file: "/work/wt/faults/tests/gateway/faults/providers.test.ts",
    projectName: "gateway",
  },
  {
    name: "A provider that says two lengths is left, and the next one answers",
    file: "/work/wt/faults/tests/gateway/faults/providers.test.ts",
    projectName: "gateway",
  },
  {
    name: "A provider that says a coding that is none is left, and the next one answers",
    file: "/work/wt/faults/tests/gateway/faults/providers.test.ts",
    projectName: "gateway",
  },
  {
    name: "A provider that folds a header is left, and the next one answers",
    file: "/work/wt/faults/tests/gateway/faults/providers.test.ts",
    projectName: "gateway",
  },
  {
    name: "A provider that ends a line with LF is left, and the next one answers",
    file: "/work/wt/faults/tests/gateway/faults/providers.test.ts",
    projectName: "gateway",
  },
  {
    name: "A provider that has a NUL in a header is left, and the next one answers",
    file: "/work/wt/faults/tests/gateway/faults/providers.test.ts",
    projectName: "gateway",
  },
  {
    name: "A provider that has a chunk without a size is left, and the next one answers",
    file: "/work/wt/faults/tests/gateway/faults/providers.test.ts",
    projectName: "gateway",
  },
  {
    name: "A provider that has a chunk that is too long is left, and the next one answers",
    file: "/work/wt/faults/tests/gateway/faults/providers.test.ts",
    projectName: "gateway",
  },
  {
    name: "A provider that has a chunk larger than 64 bits is left, and the next one answers",
    file: "/work/wt/faults/tests/gateway/faults/providers.test.ts",
    projectName: "gateway",
  },
  {
    name: "A provider that sends more headers than it may is left, and the next one answers",
    file: "/work/wt/faults/tests/gateway/faults/providers.test.ts",
    projectName: "gateway",
  },
  {
    name: "A provider that sends a header without end is left, and the next one answers",
    file: "/work/wt/faults/tests/gateway/faults/providers.test.ts",
    projectName: "gateway",
  },
  {
    name: "A provider that sends less than it says is left, and the next one answers",
    file: "/work/wt/faults/tests/gateway/faults/providers.test.ts",
    projectName: "gateway",
  },
  {
    name: "A provider that resets before its head is left, and the next one answers",
    file: "/work/wt/faults/tests/gateway/faults/providers.test.ts",
    projectName: "gateway",
  },
  {
    name: "A provider that resets in its head is left, and the next one answers",
    file: "/work/wt/faults/tests/gateway/faults/providers.test.ts",
    projectName: "gateway",
  },
  {
    name: "A provider that resets in its body is left, and the next one answers",
    file: "/work/wt/faults/tests/gateway/faults/providers.test.ts",
    projectName: "gateway",
  },
  {
    name: "A provider that sends HTML is left, and the next one answers",
    file: "/work/wt/faults/tests/gateway/faults/providers.test.ts",
    projectName: "gateway",
  },
  {
    name: "A provider that sends HTML and calls it JSON is left, and the next one answers",
    file: "/work/wt/faults/tests/gateway/faults/providers.test.ts",
    projectName: "gateway",
  },
  {
    name: "A provider that sends an error as an answer is left, and the next one answers",
    file: "/work/wt/faults/tests/gateway/faults/providers.test.ts",
    projectName: "gateway",
  },
  {
    name: "A provider that sends nothing as an answer is left, and the next one answers",
    file: "/work/wt/faults/tests/gateway/faults/providers.test.ts",
    projectName: "gateway",
  },
  {
    name: "A provider that sends what is unpacked to anything is left, and the next one answers",
    file: "/work/wt/faults/tests/gateway/faults/providers.test.ts",
    projectName: "gateway",
  },
  {
    name: "A provider that sends what is packed twice is left, and the next one answers",
    file: "/work/wt/faults/tests/gateway/faults/providers.test.ts",
    projectName: "gateway",
  },
  {
    name: "A provider that sends what is packed in no known way is left, and the next one answers",
    file: "/work/wt/faults/tests/gateway/faults/providers.test.ts",
    projectName: "gateway",
  },
  {
    name: "A provider that never ends what it says of itself is left, and the next one answers",
    file: "/work/wt/faults/tests/gateway/faults/providers.test.ts",
    projectName: "gateway",
  },
  {
    name: "A provider that drips its body is left, and the next one answers",
    file: "/work/wt/faults/tests/gateway/faults/providers.test.ts",
    projectName: "gateway",
  },
  {
    name: "Headers of an answer > that every object has do no harm",
    file: "/work/wt/faults/tests/gateway/faults/providers.test.ts",
    projectName: "gateway",
  },
  {
    name: "Headers of an answer > that are not ASCII do no harm",
    file: "/work/wt/faults/tests/gateway/faults/providers.test.ts",
    projectName: "gateway",
  },
  {
    name: "Headers of an answer > that come many times do no harm",
    file: "/work/wt/faults/tests/gateway/faults/providers.test.ts",
    projectName: "gateway",
  },
  {
    name: "Headers of an answer > of a type that comes twice do no harm",
    file: "/work/wt/faults/tests/gateway/faults/providers.test.ts",
    projectName: "gateway",
  },
  {
    name: "Headers of an answer > without a value do no harm",
    file: "/work/wt/faults/tests/gateway/faults/providers.test.ts",
    projectName: "gateway",
  },
  {
    name: "Headers of an answer > that are ours do no harm",
    file: "/work/wt/faults/tests/gateway/faults/providers.test.ts",
    projectName: "gateway",
  },
  {
    name: "Headers of an answer > that say how to connect do no harm",
    file: "/work/wt/faults/tests/gateway/faults/providers.test.ts",
    projectName: "gateway",
  },
  {
    name: "Headers of an answer > that are controls in Latin-1 do no harm",
    file: "/work/wt/faults/tests/gateway/faults/providers.test.ts",
    projectName: "gateway",
  },
  {
    name: "Headers of an answer > of a refusal do no harm either",
    file: "/work/wt/faults/tests/gateway/faults/providers.test.ts",
    projectName: "gateway",
  },
  {
    name: "What comes after an answer > is not taken for the answer to the next request",
    file: "/work/wt/faults/tests/gateway/faults/providers.test.ts",
    projectName: "gateway",
  },
  {
    name: 'Retry-After > "99999999999999999999" holds a target for no longer than it can be meant',
    file: "/work/wt/faults/tests/gateway/faults/providers.test.ts",
    projectName: "gateway",
  },
  {
    name: 'Retry-After > "1e9" holds a target for no longer than it can be meant',
    file: "/work/wt/faults/tests/gateway/faults/providers.test.ts",
    projectName: "gateway",
  },
  {
    name: 'Retry-After > "-5" holds a target for no longer than it can be meant',
    file: "/work/wt/faults/tests/gateway/faults/providers.test.ts",
    projectName: "gateway",
  },
  {
    name: 'Retry-After > "0" holds a target for no longer than it can be meant',
    file: "/work/wt/faults/tests/gateway/faults/providers.test.ts",
    projectName: "gateway",
  },
  {
    name: 'Retry-After > "soon" holds a target for no longer than it can be meant',
    file: "/work/wt/faults/tests/gateway/faults/providers.test.ts",
    projectName: "gateway",
  },
  {
    name: 'Retry-After > "" holds a target for no longer than it can be meant',
    file: "/work/wt/faults/tests/gateway/faults/providers.test.ts",
    projectName: "gateway",
  },
  {
    name: 'Retry-After > "Thu, 01 Jan 1970 00:00:00 GMT" holds a target for no longer than it can be meant',
    file: "/work/wt/faults/tests/gateway/faults/providers.test.ts",
    projectName: "gateway",
  },
  {
    name: 'Retry-After > "Fri, 31 Dec 9999 23:59:59 GMT" holds a target for no longer than it can be meant',
    file: "/work/wt/faults/tests/gateway/faults/providers.test.ts",
    projectName: "gateway",
  },
  {
    name: 'Retry-After > "NaN" holds a target for no longer than it can be meant',
    file: "/work/wt/faults/tests/gateway/faults/providers.test.ts",
    projectName: "gateway",
  },
  {
    name: 'Retry-After > "1, 2" holds a target for no longer than it can be meant',
    file: "/work/wt/faults/tests/gateway/faults/providers.test.ts",
    projectName: "gateway",
  },
  {
    name: "An answer without end > of JSON ends, and is held nowhere",
    file: "/work/wt/faults/tests/gateway/faults/providers.test.ts",
    projectName: "gateway",
  },
  {
    name: "An answer without end > of one text ends, and is held nowhere",
    file: "/work/wt/faults/tests/gateway/faults/providers.test.ts",
    projectName: "gateway",
  },
  {
    name: "An answer without end > of an error ends, and is held nowhere",
    file: "/work/wt/faults/tests/gateway/faults/providers.test.ts",
    projectName: "gateway",
  },
  {
    name: "An answer without end > of one event ends, and is held nowhere",
    file: "/work/wt/faults/tests/gateway/faults/providers.test.ts",
    projectName: "gateway",
  },
  {
    name: "An answer without end > of one line of a comment ends, and is held nowhere",
    file: "/work/wt/faults/tests/gateway/faults/providers.test.ts",
    projectName: "gateway",
  },
  {
    name: "An answer without end > of events with content ends, and is held nowhere",
    file: "/work/wt/faults/tests/gateway/faults/providers.test.ts",
    projectName: "gateway",
  },
  {
    name: "An answer without end > of events without content ends, and is held nowhere",
    file: "/work/wt/faults/tests/gateway/faults/providers.test.ts",
    projectName: "gateway",
  },
  {
    name: "An answer without end > of empty lines ends, and is held nowhere",
    file: "/work/wt/faults/tests/gateway/faults/providers.test.ts",
    projectName: "gateway",
  },
  {
    name: "An answer without end > of events that are no JSON ends, and is held nowhere",
    file: "/work/wt/faults/tests/gateway/faults/providers.test.ts",
    projectName: "gateway",
  },
  {
    name: "An answer without end > of an event of a million lists ends, and is held nowhere",
    file: "/work/wt/faults/tests/gateway/faults/providers.test.ts",
    projectName: "gateway",
  },
  {
    name: "An encoding that was not asked for > is empty, and hides an error: it is left",
    file: "/work/wt/faults/tests/gateway/faults/providers.test.ts",
    projectName: "gateway",
  },
  {
    name: "An encoding that was not asked for > is identity, and hides an error: it is left",
    file: "/work/wt/faults/tests/gateway/faults/providers.test.ts",
    projectName: "gateway",
  },
  {
    name: "An encoding that was not asked for > is a part of one that was: it is left",
    file: "/work/wt/faults/tests/gateway/faults/providers.test.ts",
    projectName: "gateway",
  },
  {
    name: "An encoding that was not asked for > is two, of which one was: it is left",
    file: "/work/wt/faults/tests/gateway/faults/providers.test.ts",
    projectName: "gateway",
  },
  {
    name: "An encoding that was not asked for > is one that was refused: it is left",
    file: "/work/wt/faults/tests/gateway/faults/providers.test.ts",
    projectName: "gateway",
  },
  {
    name: "An encoding that was not asked for > in a refusal is said in words of ours, whose status is the provider's",
    file: "/work/wt/faults/tests/gateway/faults/providers.test.ts",
    projectName: "gateway",
  },
  {
    name: "It holds no connection when the next target answers (stream: false, after 100000 bytes)",
    file: "/work/wt/faults/tests/gateway/faults/refusals.test.ts",
    projectName: "gateway",
  },
  {
    name: "It holds no connection when the next target answers (stream: true, after 100000 bytes)",
    file: "/work/wt/faults/tests/gateway/faults/refusals.test.ts",
    projectName: "gateway",
  },
  {
    name: "It holds no connection when the next target answers (stream: false, after 10 bytes)",
    file: "/work/wt/faults/tests/gateway/faults/refusals.test.ts",
    projectName: "gateway",
  },
  {
    name: "It holds no connection when the next target answers (stream: true, after 10 bytes)",
    file: "/work/wt/faults/tests/gateway/faults/refusals.test.ts",
    projectName: "gateway",
  },
  {
    name: "It holds no connection when the same target is asked again",
    file: "/work/wt/faults/tests/gateway/faults/refusals.test.ts",
    projectName: "gateway",
  },
  {
    name: "Where nobody else answers better, its status is the caller's, in words of ours",
    file: "/work/wt/faults/tests/gateway/faults/refusals.test.ts",
    projectName: "gateway",
  },
  {
    name: "A replica with thousands of records > is back after a loss of the connection, though they cannot all be read within one deadline",
    file: "/work/wt/faults/tests/stores/extremes.test.ts",
    projectName: "stores",
  },
  {
    name: "A replica with thousands of records > is ready without waiting for all of them",
    file: "/work/wt/faults/tests/stores/extremes.test.ts",
    projectName: "stores",
  },
  {
    name: "A length of time that is longer than a server can keep > is no error: an override's",
    file: "/work/wt/faults/tests/stores/extremes.test.ts",
    projectName: "stores",
  },
  {
    name: "A length of time that is longer than a server can keep > is no error: a window's",
    file: "/work/wt/faults/tests/stores/extremes.test.ts",
    projectName: "stores",
  },
  {
    name: "A length of time that is longer than a server can keep > is no error: a cooldown's",
    file: "/work/wt/faults/tests/stores/extremes.test.ts",
    projectName: "stores",
  },
  {
    name: "Where the log of changes alone was evicted, > a replica whose poll comes before the next change is told that it must read",
    file: "/work/wt/faults/tests/stores/extremes.test.ts",
    projectName: "stores",
  },
  {
    name: "Where the log of changes alone was evicted, > and one whose poll comes after it, too",
    file: "/work/wt/faults/tests/stores/extremes.test.ts",
    projectName: "stores",
  },
  {
    name: "A client that is not connected says so: > one of node-redis that nobody has connected, until somebody does",
    file: "/work/wt/faults/tests/stores/extremes.test.ts",
    projectName: "stores",
  },
  {
    name: "A client that is not connected says so: > one of ioredis that had ended before",
    file: "/work/wt/faults/tests/stores/extremes.test.ts",
    projectName: "stores",
  },
  {
    name: "A connection for pushes on a client of ioredis > that does not come about ends with the wish for it",
    file: "/work/wt/faults/tests/stores/extremes.test.ts",
    projectName: "stores",
  },
  {
    name: "A connection for pushes on a client of iovalkey > that does not come about ends with the wish for it",
    file: "/work/wt/faults/tests/stores/extremes.test.ts",
    projectName: "stores",
  },
  {
    name: "A connection for pushes on a client of redis > that does not come about ends with the wish for it",
    file: "/work/wt/faults/tests/stores/extremes.test.ts",
    projectName: "stores",
  },
  {
    name: "A port that two stores share still brings the one its pushes when the other is closed",
    file: "/work/wt/faults/tests/stores/extremes.test.ts",
    projectName: "stores",
  },
  {
    name: "A client of node-redis that answers with bytes shares as any other",
    file: "/work/wt/faults/tests/stores/extremes.test.ts",
    projectName: "stores",
  },
  {
    name: "A default client of ioredis, handed in, > costs no call anything while its server is hung, and is the user's afterwards",
    file: "/work/wt/faults/tests/stores/faults-clients.test.ts",
    projectName: "stores",
  },
  {
    name: "A default client of ioredis, handed in, > costs no call anything while its server is reset and refused, and is the user's afterwards",
    file: "/work/wt/faults/tests/stores/faults-clients.test.ts",
    projectName: "stores",
  },
  {
    name: "A default client of ioredis, handed in, > counts each failure once, however often the library sends it",
    file: "/work/wt/faults/tests/stores/faults-clients.test.ts",
    projectName: "stores",
  },
  {
    name: "A default client of iovalkey, handed in, > costs no call anything while its server is hung, and is the user's afterwards",
    file: "/work/wt/faults/tests/stores/faults-clients.test.ts",
    projectName: "stores",
  },
  {
    name: "A default client of iovalkey, handed in, > costs no call anything while its server is reset and refused, and is the user's afterwards",
    file: "/work/wt/faults/tests/stores/faults-clients.test.ts",
    projectName: "stores",
  },
  {
    name: "A default client of iovalkey, handed in, > counts each failure once, however often the library sends it",
    file: "/work/wt/faults/tests/stores/faults-clients.test.ts",
    projectName: "stores",
  },
  {
    name: "A default client of redis, handed in, > costs no call anything while its server is hung, and is the user's afterwards",
    file: "/work/wt/faults/tests/stores/faults-clients.test.ts",
    projectName: "stores",
  },
  {
    name: "A default client of redis, handed in, > costs no call anything while its server is reset and refused, and is the user's afterwards",
    file: "/work/wt/faults/tests/stores/faults-clients.test.ts",
    projectName: "stores",
  },
  {
    name: "A default client of redis, handed in, > counts each failure once, however often the library sends it",
    file: "/work/wt/faults/tests/stores/faults-clients.test.ts",
    projectName: "stores",
  },
  {
    name: "A process with a store by URL (redis) ends by itself after close(), > whatever has become of Redis",
    file: "/work/wt/faults/tests/stores/faults-close.test.ts",
    projectName: "stores",
  },
  {
    name: "A process with a store by URL (ioredis) ends by itself after close(), > whatever has become of Redis",
    file: "/work/wt/faults/tests/stores/faults-close.test.ts",
    projectName: "stores",
  },
  {
    name: "A process with a store by URL (iovalkey) ends by itself after close(), > whatever has become of Redis",
    file: "/work/wt/faults/tests/stores/faults-close.test.ts",
    projectName: "stores",
  },
  {
    name: "close() > reports what has not been reported yet",
    file: "/work/wt/faults/tests/stores/faults-close.test.ts",
    projectName: "stores",
  },
  {
    name: "close() > gives a probe's lease back, so that another replica need not wait for its end",
    file: "/work/wt/faults/tests/stores/faults-close.test.ts",
    projectName: "stores",
  },
  {
    name: "close() > that is asked for twice at once says all there is to say, and gives a lease back",
    file: "/work/wt/faults/tests/stores/faults-close.test.ts",
    projectName: "stores",
  },
  {
    name: "close() > gives the lease back that a claim under way still brings",
    file: "/work/wt/faults/tests/stores/faults-close.test.ts",
    projectName: "stores",
  },
  {
    name: "close() > of a replica whose store hangs is bounded, and of one that was never used, too",
    file: "/work/wt/faults/tests/stores/faults-close.test.ts",
    projectName: "stores",
  },
  {
    name: "close() > is bounded, too, where Redis has begun to hang and nobody knows yet",
    file: "/work/wt/faults/tests/stores/faults-close.test.ts",
    projectName: "stores",
  },
  {
    name: "close() > leaves no connection at the server",
    file: "/work/wt/faults/tests/stores/faults-close.test.ts",
    projectName: "stores",
  },
  {
    name: "An open circuit is put back, until the same instant and without one more call, after > FLUSHALL",
    file: "/work/wt/faults/tests/stores/faults-data.test.ts",
    projectName: "stores",
  },
  {
    name: "An open circuit is put back, until the same instant and without one more call, after > the eviction of its record",
    file: "/work/wt/faults/tests/stores/faults-data.test.ts",
    projectName: "stores",
  },
  {
    name: "An open circuit is put back, until the same instant and without one more call, after > a SIGKILL of the server and a start with nothing",
    file: "/work/wt/faults/tests/stores/faults-data.test.ts",
    projectName: "stores",
  },
  {
    name: "No report is lost > when the server forgets the scripts",
    file: "/work/wt/faults/tests/stores/faults-data.test.ts",
    projectName: "stores",
  },
  {
    name: "A rate limit that is told to a server that hangs > holds nobody when the server comes back to it much later",
    file: "/work/wt/faults/tests/stores/faults-data.test.ts",
    projectName: "stores",
  },
  {
    name: "What is found under a record's key, and is none, is set aside and told once: > a text",
    file: "/work/wt/faults/tests/stores/faults-data.test.ts",
    projectName: "stores",
  },
  {
    name: "What is found under a record's key, and is none, is set aside and told once: > a list",
    file: "/work/wt/faults/tests/stores/faults-data.test.ts",
    projectName: "stores",
  },
  {
    name: "What is found under a record's key, and is none, is set aside and told once: > a hash of somebody else",
    file: "/work/wt/faults/tests/stores/faults-data.test.ts",
    projectName: "stores",
  },
  {
    name: "What is found under a record's key, and is none, is set aside and told once: > a record with more in it than a script can answer",
    file: "/work/wt/faults/tests/stores/faults-data.test.ts",
    projectName: "stores",
  },
  {
    name: "What is found under a record's key, and is none, is set aside and told once: > a record whose field ver is 'NaN'",
    file: "/work/wt/faults/tests/stores/faults-data.test.ts",
    projectName: "stores",
  },
  {
    name: "What is found under a record's key, and is none, is set aside and told once: > a record whose field ver is '0x1p3'",
    file: "/work/wt/faults/tests/stores/faults-data.test.ts",
    projectName: "stores",
  },
  {
    name: "What is found under a record's key, and is none, is set aside and told once: > a record whose field gen is null",
    file: "/work/wt/faults/tests/stores/faults-data.test.ts",
    projectName: "stores",
  },
  {
    name: "What is found under a record's key, and is none, is set aside and told once: > a record whose field ou is 'Infinity'",
    file: "/work/wt/faults/tests/stores/faults-data.test.ts",
    projectName: "stores",
  },
  {
    name: "What is found under a record's key, and is none, is set aside and told once: > a record whose field op is null",
    file: "/work/wt/faults/tests/stores/faults-data.test.ts",
    projectName: "stores",
  },
  {
    name: "What is found under a record's key, and is none, is set aside and told once: > a record whose field why is null",
    file: "/work/wt/faults/tests/stores/faults-data.test.ts",
    projectName: "stores",
  },
  {
    name: "What is found under a record's key, and is none, is set aside and told once: > a record whose field ev is 'nonsense'",
    file: "/work/wt/faults/tests/stores/faults-data.test.ts",
    projectName: "stores",
  },
  {
    name: "What is found under a record's key, and is none, is set aside and told once: > a record whose field ev is 'a|1|2|3|4|x|'",
    file: "/work/wt/faults/tests/stores/faults-data.test.ts",
    projectName: "stores",
  },
  {
    name: "What is found under a record's key, and is none, is set aside and told once: > a record whose field ovBy is null",
    file: "/work/wt/faults/tests/stores/faults-data.test.ts",
    projectName: "stores",
  },
  {
    name: "What is found under a record's key, and is none, is set aside and told once: > a record whose field ovAt is ''",
    file: "/work/wt/faults/tests/stores/faults-data.test.ts",
    projectName: "stores",
  },
  {
    name: "What is found under a record's key, and is none, is set aside and told once: > a record whose field h:auth is '1|2'",
    file: "/work/wt/faults/tests/stores/faults-data.test.ts",
    projectName: "stores",
  },
  {
    name: "What is found under a record's key, and is none, is set aside and told once: > a record whose field h:auth is 'a|b|c'",
    file: "/work/wt/faults/tests/stores/faults-data.test.ts",
    projectName: "stores",
  },
  {
    name: "What is found under a record's key, and is none, is set aside and told once: > a record whose field sk is '1|2|3'",
    file: "/work/wt/faults/tests/stores/faults-data.test.ts",
    projectName: "stores",
  },
  {
    name: "What is found under a record's key, and is none, is set aside and told once: > a record whose field sk is '1||2|3|4'",
    file: "/work/wt/faults/tests/stores/faults-data.test.ts",
    projectName: "stores",
  },
  {
    name: "What is found under a record's key, and is none, is set aside and told once: > a record whose field b:0 is '|1|2|3|4|5|6|7|8|9'",
    file: "/work/wt/faults/tests/stores/faults-data.test.ts",
    projectName: "stores",
  },
  {
    name: "What is found under a record's key, and is none, is set aside and told once: > a record whose field b:0 is '1|2|3|4|5|6|7|8|9|'",
    file: "/work/wt/faults/tests/stores/faults-data.test.ts",
    projectName: "stores",
  },
  {
    name: "What is found under a record's key, and is none, is set aside and told once: > a record whose field s1 is 'soon'",
    file: "/work/wt/faults/tests/stores/faults-data.test.ts",
    projectName: "stores",
  },
  {
    name: "What is found under a record's key, and is none, is set aside and told once: > a record whose field b:0 is '1|2'",
    file: "/work/wt/faults/tests/stores/faults-data.test.ts",
    projectName: "stores",
  },
  {
    name: "A record that is damaged while it is open > is put back by those who had read it",
    file: "/work/wt/faults/tests/stores/faults-data.test.ts",
    projectName: "stores",
  },
  {
    name: "Another version > may have written fields of its own: they are kept",
    file: "/work/wt/faults/tests/stores/faults-data.test.ts",
    projectName: "stores",
  },
  {
    name: "Another version > of the whole layout goes on beside this one, each for itself",
    file: "/work/wt/faults/tests/stores/faults-data.test.ts",
    projectName: "stores",
  },
  {
    name: "Clocks that differ > by ten minutes, ahead and behind, change no deadline",
    file: "/work/wt/faults/tests/stores/faults-data.test.ts",
    projectName: "stores",
  },
  {
    name: "Clocks that differ > (the server's, set an hour ahead) leave nothing open, and nothing unshared",
    file: "/work/wt/faults/tests/stores/faults-data.test.ts",
    projectName: "stores",
  },
  {
    name: "Clocks that differ > (the server's, set an hour back) leave nothing open, and nothing unshared",
    file: "/work/wt/faults/tests/stores/faults-data.test.ts",
    projectName: "stores",
  },
  {
    name: "Under chg, a text > that was there first is set aside, told of once, and all is shared",
    file: "/work/wt/faults/tests/stores/faults-own-keys.test.ts",
    projectName: "stores",
  },
  {
    name: "Under chg, a text > that comes while replicas share keeps nobody from a change, not even from the one before",
    file: "/work/wt/faults/tests/stores/faults-own-keys.test.ts",
    projectName: "stores",
  },
  {
    name: "Under chg, a text > leaves no cursor that has missed a change without knowing it",
    file: "/work/wt/faults/tests/stores/faults-own-keys.test.ts",
    projectName: "stores",
  },
  {
    name: "Under chg, a hash > that was there first is set aside, told of once, and all is shared",
    file: "/work/wt/faults/tests/stores/faults-own-keys.test.ts",
    projectName: "stores",
  },
  {
    name: "Under chg, a hash > that comes while replicas share keeps nobody from a change, not even from the one before",
    file: "/work/wt/faults/tests/stores/faults-own-keys.test.ts",
    projectName: "stores",
  },
  {
    name: "Under chg, a hash > leaves no cursor that has missed a change without knowing it",
    file: "/work/wt/faults/tests/stores/faults-own-keys.test.ts",
    projectName: "stores",
  },
  {
    name: "Under log, a text > that was there first is set aside, told of once, and all is shared",
    file: "/work/wt/faults/tests/stores/faults-own-keys.test.ts",
    projectName: "stores",
  },
  {
    name: "Under log, a text > that comes while replicas share keeps nobody from a change, not even from the one before",
    file: "/work/wt/faults/tests/stores/faults-own-keys.test.ts",
    projectName: "stores",
  },
  {
    name: "Under log, a text > leaves no cursor that has missed a change without knowing it",
    file: "/work/wt/faults/tests/stores/faults-own-keys.test.ts",
    projectName: "stores",
  },
  {
    name: "Under log, a set > that was there first is set aside, told of once, and all is shared",
    file: "/work/wt/faults/tests/stores/faults-own-keys.test.ts",
    projectName: "stores",
  },
  {
    name: "Under log, a set > that comes while replicas share keeps nobody from a change, not even from the one before",
    file: "/work/wt/faults/tests/stores/faults-own-keys.test.ts",
    projectName: "stores",
  },
  {
    name: "Under log, a set > leaves no cursor that has missed a change without knowing it",
    file: "/work/wt/faults/tests/stores/faults-own-keys.test.ts",
    projectName: "stores",
  },
  {
    name: "Under log, a hash without our life > that was there first is set aside, told of once, and all is shared",
    file: "/work/wt/faults/tests/stores/faults-own-keys.test.ts",
    projectName: "stores",
  },
  {
    name: "Under log, a hash without our life > that comes while replicas share keeps nobody from a change, not even from the one before",
    file: "/work/wt/faults/tests/stores/faults-own-keys.test.ts",
    projectName: "stores",
  },
  {
    name: "Under log, a hash without our life > leaves no cursor that has missed a change without knowing it",
    file: "/work/wt/faults/tests/stores/faults-own-keys.test.ts",
    projectName: "stores",
  },
  {
    name: "Under log, a life that is none > that was there first is set aside, told of once, and all is shared",
    file: "/work/wt/faults/tests/stores/faults-own-keys.test.ts",
    projectName: "stores",
  },
  {
    name: "Under log, a life that is none > that comes while replicas share keeps nobody from a change, not even from the one before",
    file: "/work/wt/faults/tests/stores/faults-own-keys.test.ts",
    projectName: "stores",
  },
  {
    name: "Under log, a life that is none > leaves no cursor that has missed a change without knowing it",
    file: "/work/wt/faults/tests/stores/faults-own-keys.test.ts",
    projectName: "stores",
  },
  {
    name: "Under log, a sequence at its end > that was there first is set aside, told of once, and all is shared",
    file: "/work/wt/faults/tests/stores/faults-own-keys.test.ts",
    projectName: "stores",
  },
  {
    name: "Under log, a sequence at its end > that comes while replicas share keeps nobody from a change, not even from the one before",
    file: "/work/wt/faults/tests/stores/faults-own-keys.test.ts",
    projectName: "stores",
  },
  {
    name: "Under log, a sequence at its end > leaves no cursor that has missed a change without knowing it",
    file: "/work/wt/faults/tests/stores/faults-own-keys.test.ts",
    projectName: "stores",
  },
  {
    name: "Under log, a sequence out of reach > that was there first is set aside, told of once, and all is shared",
    file: "/work/wt/faults/tests/stores/faults-own-keys.test.ts",
    projectName: "stores",
  },
  {
    name: "Under log, a sequence out of reach > that comes while replicas share keeps nobody from a change, not even from the one before",
    file: "/work/wt/faults/tests/stores/faults-own-keys.test.ts",
    projectName: "stores",
  },
  {
    name: "Under log, a sequence out of reach > leaves no cursor that has missed a change without knowing it",
    file: "/work/wt/faults/tests/stores/faults-own-keys.test.ts",
    projectName: "stores",
  },
  {
    name: "Under log, a sequence of too many digits > that was there first is set aside, told of once, and all is shared",
    file: "/work/wt/faults/tests/stores/faults-own-keys.test.ts",
    projectName: "stores",
  },
  {
    name: "Under log, a sequence of too many digits > that comes while replicas share keeps nobody from a change, not even from the one before",
    file: "/work/wt/faults/tests/stores/faults-own-keys.test.ts",
    projectName: "stores",
  },
  {
    name: "Under log, a sequence of too many digits > leaves no cursor that has missed a change without knowing it",
    file: "/work/wt/faults/tests/stores/faults-own-keys.test.ts",
    projectName: "stores",
  },
  {
    name: "Under idx, a text > that was there first is set aside, told of once, and all is shared",
    file: "/work/wt/faults/tests/stores/faults-own-keys.test.ts",
    projectName: "stores",
  },
  {
    name: "Under idx, a text > that comes while replicas share keeps nobody from a change, not even from the one before",
    file: "/work/wt/faults/tests/stores/faults-own-keys.test.ts",
    projectName: "stores",
  },
  {
    name: "Under idx, a text > leaves no cursor that has missed a change without knowing it",
    file: "/work/wt/faults/tests/stores/faults-own-keys.test.ts",
    projectName: "stores",
  },
  {
    name: "Under idx, a list > that was there first is set aside, told of once, and all is shared",
    file: "/work/wt/faults/tests/stores/faults-own-keys.test.ts",
    projectName: "stores",
  },
  {
    name: "Under idx, a list > that comes while replicas share keeps nobody from a change, not even from the one before",
    file: "/work/wt/faults/tests/stores/faults-own-keys.test.ts",
    projectName: "stores",
  },
  {
    name: "Under idx, a list > leaves no cursor that has missed a change without knowing it",
    file: "/work/wt/faults/tests/stores/faults-own-keys.test.ts",
    projectName: "stores",
  },
  {
    name: "When the connection for pushes is killed, changes are heard by the poll, and pushes come back, > by URL",
    file: "/work/wt/faults/tests/stores/faults-push.test.ts",
    projectName: "stores",
  },
  {
    name: "When the connection for pushes is killed, changes are heard by the poll, and pushes come back, > by ioredis",
    file: "/work/wt/faults/tests/stores/faults-push.test.ts",
    projectName: "stores",
  },
  {
    name: "When the connection for pushes is killed, changes are heard by the poll, and pushes come back, > by iovalkey",
    file: "/work/wt/faults/tests/stores/faults-push.test.ts",
    projectName: "stores",
  },
  {
    name: "When the connection for pushes is killed, changes are heard by the poll, and pushes come back, > by redis",
    file: "/work/wt/faults/tests/stores/faults-push.test.ts",
    projectName: "stores",
  },
  {
    name: "When the connection for pushes is killed, changes are heard by the poll, and pushes come back, > by a client that does not connect again",
    file: "/work/wt/faults/tests/stores/faults-push.test.ts",
    projectName: "stores",
  },
  {
    name: "No call fails or waits, and the fleet is whole again within seconds, when Redis > is full (OOM)",
    file: "/work/wt/faults/tests/stores/faults-refusals.test.ts",
    projectName: "stores",
  },
  {
    name: "No call fails or waits, and the fleet is whole again within seconds, when Redis > is read-only (READONLY)",
    file: "/work/wt/faults/tests/stores/faults-refusals.test.ts",
    projectName: "stores",
  },
  {
    name: "No call fails or waits, and the fleet is whole again within seconds, when Redis > follows a server that is gone (MASTERDOWN)",
    file: "/work/wt/faults/tests/stores/faults-refusals.test.ts",
    projectName: "stores",
  },
  {
    name: "No call fails or waits, and the fleet is whole again within seconds, when Redis > misses its replicas (NOREPLICAS)",
    file: "/work/wt/faults/tests/stores/faults-refusals.test.ts",
    projectName: "stores",
  },
  {
    name: "No call fails or waits, and the fleet is whole again within seconds, when Redis > cannot save its data (MISCONF)",
    file: "/work/wt/faults/tests/stores/faults-refusals.test.ts",
    projectName: "stores",
  },
  {
    name: "No call fails or waits, and the fleet is whole again within seconds, when Redis > loads its data (LOADING)",
    file: "/work/wt/faults/tests/stores/faults-refusals.test.ts",
    projectName: "stores",
  },
  {
    name: "No call fails or waits, and the fleet is whole again within seconds, when Redis > runs somebody's endless script (BUSY)",
    file: "/work/wt/faults/tests/stores/faults-refusals.test.ts",
    projectName: "stores",
  },
  {
    name: "No call fails or waits, and the fleet is whole again within seconds, when Redis > is paused for a failover (CLIENT PAUSE)",
    file: "/work/wt/faults/tests/stores/faults-refusals.test.ts",
    projectName: "stores",
  },
  {
    name: "No call fails or waits, and the fleet is whole again within seconds, when Redis > takes no writes during a failover (CLIENT PAUSE WRITE)",
    file: "/work/wt/faults/tests/stores/faults-refusals.test.ts",
    projectName: "stores",
  },
  {
    name: "No call fails or waits, and the fleet is whole again within seconds, when Redis > does nothing else for seconds (DEBUG SLEEP)",
    file: "/work/wt/faults/tests/stores/faults-refusals.test.ts",
    projectName: "stores",
  },
  {
    name: "No call fails or waits, and the fleet is whole again within seconds, when Redis > wants a password from now on (NOAUTH)",
    file: "/work/wt/faults/tests/stores/faults-refusals.test.ts",
    projectName: "stores",
  },
  {
    name: "No call fails or waits, and the fleet is whole again within seconds, when Redis > has another password now (WRONGPASS)",
    file: "/work/wt/faults/tests/stores/faults-refusals.test.ts",
    projectName: "stores",
  },
  {
    name: "No call fails or waits, and the fleet is whole again within seconds, when Redis > lets the user run no scripts any more (NOPERM)",
    file: "/work/wt/faults/tests/stores/faults-refusals.test.ts",
    projectName: "stores",
  },
  {
    name: "No call fails or waits, and the fleet is whole again within seconds, when Redis > lets the user write nothing any more (NOPERM in a script)",
    file: "/work/wt/faults/tests/stores/faults-refusals.test.ts",
    projectName: "stores",
  },
  {
    name: "No call fails or waits, and the fleet is whole again within seconds, when Redis > takes no more clients",
    file: "/work/wt/faults/tests/stores/faults-refusals.test.ts",
    projectName: "stores",
  },
  {
    name: "No call fails or waits, and the fleet is whole again within seconds, when Redis > has lost a part of its cluster (CLUSTERDOWN)",
    file: "/work/wt/faults/tests/stores/faults-refusals.test.ts",
    projectName: "stores",
  },
  {
    name: "Credentials that are wrong from the start > (a wrong password) are told once, loudly, and cost no call anything",
    file: "/work/wt/faults/tests/stores/faults-refusals.test.ts",
    projectName: "stores",
  },
  {
    name: "Credentials that are wrong from the start > (a user without scripts) are told once, loudly, and cost no call anything",
    file: "/work/wt/faults/tests/stores/faults-refusals.test.ts",
    projectName: "stores",
  },
  {
    name: "A user that may not publish > shares all the same, by the poll, and is told once",
    file: "/work/wt/faults/tests/stores/faults-refusals.test.ts",
    projectName: "stores",
  },
  {
    name: "A failure is counted, once, by URL, > when Redis is stopped before it is reported, and finds its report too late",
    file: "/work/wt/faults/tests/stores/faults-reports.test.ts",
    projectName: "stores",
  },
  {
    name: "A failure is counted, once, by URL, > when the connection is gone before it is reported",
    file: "/work/wt/faults/tests/stores/faults-reports.test.ts",
    projectName: "stores",
  },
  {
    name: "A failure is counted, once, by a default client of ioredis, > when Redis is stopped before it is reported, and finds its report too late",
    file: "/work/wt/faults/tests/stores/faults-reports.test.ts",
    projectName: "stores",
  },
  {
    name: "A failure is counted, once, by a default client of ioredis, > when the connection is gone before it is reported",
    file: "/work/wt/faults/tests/stores/faults-reports.test.ts",
    projectName: "stores",
  },
  {
    name: "A failure is counted, once, by a default client of iovalkey, > when Redis is stopped before it is reported, and finds its report too late",
    file: "/work/wt/faults/tests/stores/faults-reports.test.ts",
    projectName: "stores",
  },
  {
    name: "A failure is counted, once, by a default client of iovalkey, > when the connection is gone before it is reported",
    file: "/work/wt/faults/tests/stores/faults-reports.test.ts",
    projectName: "stores",
  },
  {
    name: "A failure is counted, once, by a default client of redis, > when Redis is stopped before it is reported, and finds its report too late",
    file: "/work/wt/faults/tests/stores/faults-reports.test.ts",
    projectName: "stores",
  },
  {
    name: "A failure is counted, once, by a default client of redis, > when the connection is gone before it is reported",
    file: "/work/wt/faults/tests/stores/faults-reports.test.ts",
    projectName: "stores",
  },
  {
    name: "A report that was applied, and is sent again by its client when it is too late, > is known for what it is, and counts once (ioredis)",
    file: "/work/wt/faults/tests/stores/faults-reports.test.ts",
    projectName: "stores",
  },
  {
    name: "A report that was applied, and is sent again by its client when it is too late, > is known for what it is, and counts once (iovalkey)",
    file: "/work/wt/faults/tests/stores/faults-reports.test.ts",
    projectName: "stores",
  },
  {
    name: "A fleet of 50 replicas, 6 of them processes of their own, on 'Redis' > sends one request at the cooldown's end, of 50 × 20 callers",
    file: "/work/wt/faults/tests/stores/fleet-probes.test.ts",
    projectName: "stores",
  },
  {
    name: "A fleet of 50 replicas, 6 of them processes of their own, on 'Redis' > renews the lease of a probe that streams, as long as it streams",
    file: "/work/wt/faults/tests/stores/fleet-probes.test.ts",
    projectName: "stores",
  },
  {
    name: "A fleet of 50 replicas, 6 of them processes of their own, on 'Redis' > probes again within the lease when the prober is killed, while traffic goes on",
    file: "/work/wt/faults/tests/stores/fleet-probes.test.ts",
    projectName: "stores",
  },
  {
    name: "A fleet of 50 replicas, 6 of them processes of their own, on 'Redis' > goes on after a stopped prober, whose late success closes nothing",
    file: "/work/wt/faults/tests/stores/fleet-probes.test.ts",
    projectName: "stores",
  },
  {
    name: "A fleet of 50 replicas, 6 of them processes of their own, on 'Redis' > goes on after a stopped prober, whose late failure opens nothing",
    file: "/work/wt/faults/tests/stores/fleet-probes.test.ts",
    projectName: "stores",
  },
  {
    name: "When all 3 processes of a fleet are killed and begin anew, on 'Redis' > an open circuit is open until the same instant, on the same step of the ladder",
    file: "/work/wt/faults/tests/stores/fleet-restarts.test.ts",
    projectName: "stores",
  },
  {
    name: "When all 3 processes of a fleet are killed and begin anew, on 'Redis' > a half-open one whose prober was killed with the rest is probed when its lease is over",
    file: "/work/wt/faults/tests/stores/fleet-restarts.test.ts",
    projectName: "stores",
  },
  {
    name: "Of five replicas, one without a way to the provider, on 'Redis' > opens itself, and only itself: a key of one record",
    file: "/work/wt/faults/tests/stores/fleet-sick-replica.test.ts",
    projectName: "stores",
  },
  {
    name: "Of five replicas, one without a way to the provider, on 'Redis' > opens itself, and only itself: the records of a provider and of its model",
    file: "/work/wt/faults/tests/stores/fleet-sick-replica.test.ts",
    projectName: "stores",
  },
  {
    name: "On 'Valkey 8', a fleet of four, one of them a process of its own, > rejects everywhere what one has found out, probes once, and is closed everywhere",
    file: "/work/wt/faults/tests/stores/fleet-topologies.test.ts",
    projectName: "stores",
  },
  {
    name: "On 'Valkey 8', a fleet of four, one of them a process of its own, > probes again within the lease when the prober is killed, while traffic goes on",
    file: "/work/wt/faults/tests/stores/fleet-topologies.test.ts",
    projectName: "stores",
  },
  {
    name: "On 'Redis by TLS, as the user that the gu…', a fleet of four, one of them a process of its own, > rejects everywhere what one has found out, probes once, and is closed everywhere",
    file: "/work/wt/faults/tests/stores/fleet-topologies.test.ts",
    projectName: "stores",
  },
  {
    name: "On 'Redis by TLS, as the user that the gu…', a fleet of four, one of them a process of its own, > probes again within the lease when the prober is killed, while traffic goes on",
    file: "/work/wt/faults/tests/stores/fleet-topologies.test.ts",
    projectName: "stores",
  },
  {
    name: "On 'a Redis Cluster of three masters with…', a fleet of four, one of them a process of its own, > rejects everywhere what one has found out, probes once, and is closed everywhere",
    file: "/work/wt/faults/tests/stores/fleet-topologies.test.ts",
    projectName: "stores",
  },
  {
    name: "On 'a Redis Cluster of three masters with…', a fleet of four, one of them a process of its own, > probes again within the lease when the prober is killed, while traffic goes on",
    file: "/work/wt/faults/tests/stores/fleet-topologies.test.ts",
    projectName: "stores",
  },
  {
    name: "On 'a Redis Cluster of three masters with…', a fleet of four, one of them a process of its own, > sees no failed call through a failover, and no circuit in a state that is not the record's",
    file: "/work/wt/faults/tests/stores/fleet-topologies.test.ts",
    projectName: "stores",
  },
  {
    name: "On 'Redis behind Sentinels', a fleet of four, one of them a process of its own, > rejects everywhere what one has found out, probes once, and is closed everywhere",
    file: "/work/wt/faults/tests/stores/fleet-topologies.test.ts",
    projectName: "stores",
  },
  {
    name: "On 'Redis behind Sentinels', a fleet of four, one of them a process of its own, > probes again within the lease when the prober is killed, while traffic goes on",
    file: "/work/wt/faults/tests/stores/fleet-topologies.test.ts",
    projectName: "stores",
  },
  {
    name: "On 'Redis behind Sentinels', a fleet of four, one of them a process of its own, > sees no failed call through a failover, and no circuit in a state that is not the record's",
    file: "/work/wt/faults/tests/stores/fleet-topologies.test.ts",
    projectName: "stores",
  },
  {
    name: "No call fails or waits, and the fleet is whole again within seconds, when the network to PostgreSQL > loses everything for a while",
    file: "/work/wt/faults/tests/stores/postgres-faults.test.ts",
    projectName: "stores",
  },
  {
    name: "No call fails or waits, and the fleet is whole again within seconds, when the network to PostgreSQL > forgets its connections without a word",
    file: "/work/wt/faults/tests/stores/postgres-faults.test.ts",
    projectName: "stores",
  },
  {
    name: "No call fails or waits, and the fleet is whole again within seconds, when the network to PostgreSQL > resets every connection",
    file: "/work/wt/faults/tests/stores/postgres-faults.test.ts",
    projectName: "stores",
  },
  {
    name: "No call fails or waits, and the fleet is whole again within seconds, when the network to PostgreSQL > takes 500 ms",
    file: "/work/wt/faults/tests/stores/postgres-faults.test.ts",
    projectName: "stores",
  },
  {
    name: "No call fails or waits, and the fleet is whole again within seconds, when the network to PostgreSQL > brings bytes that are no answer",
    file: "/work/wt/faults/tests/stores/postgres-faults.test.ts",
    projectName: "stores",
  },
  {
    name: "No call fails or waits, and the fleet is whole again within seconds, when PostgreSQL > is stopped under 500 calls a second, and continued",
    file: "/work/wt/faults/tests/stores/postgres-faults.test.ts",
    projectName: "stores",
  },
  {
    name: "No call fails or waits, and the fleet is whole again within seconds, when PostgreSQL > crashes, and comes back with what it had",
    file: "/work/wt/faults/tests/stores/postgres-faults.test.ts",
    projectName: "stores",
  },
  {
    name: "No call fails or waits, and the fleet is whole again within seconds, when PostgreSQL > lets nobody else in",
    file: "/work/wt/faults/tests/stores/postgres-faults.test.ts",
    projectName: "stores",
  },
  {
    name: "No call fails or waits, and the fleet is whole again within seconds, when PostgreSQL > can be read only",
    file: "/work/wt/faults/tests/stores/postgres-faults.test.ts",
    projectName: "stores",
  },
  {
    name: "No call fails or waits, and the fleet is whole again within seconds, when PostgreSQL > takes the right to write away",
    file: "/work/wt/faults/tests/stores/postgres-faults.test.ts",
    projectName: "stores",
  },
  {
    name: "No call fails or waits, and the fleet is whole again within seconds, when PostgreSQL > has the schema of a later version",
    file: "/work/wt/faults/tests/stores/postgres-faults.test.ts",
    projectName: "stores",
  },
  {
    name: "No call fails or waits, and the fleet is whole again within seconds, when PostgreSQL > has lost the schema",
    file: "/work/wt/faults/tests/stores/postgres-faults.test.ts",
    projectName: "stores",
  },
  {
    name: "No call fails or waits, and the fleet is whole again within seconds, when PostgreSQL > has its table locked by somebody else",
    file: "/work/wt/faults/tests/stores/postgres-faults.test.ts",
    projectName: "stores",
  },
  {
    name: "No call fails or waits, and the fleet is whole again within seconds, when PostgreSQL > is not there at the start: nothing is thrown or waited for",
    file: "/work/wt/faults/tests/stores/postgres-faults.test.ts",
    projectName: "stores",
  },
  {
    name: "A row that is no record > of another program, is set aside, and the record begins anew, with a warning",
    file: "/work/wt/faults/tests/stores/postgres-faults.test.ts",
    projectName: "stores",
  },
  {
    name: "A row that is no record > without a number, is set aside, and the record begins anew, with a warning",
    file: "/work/wt/faults/tests/stores/postgres-faults.test.ts",
    projectName: "stores",
  },
  {
    name: "A row that is no record > with text for a number, is set aside, and the record begins anew, with a warning",
    file: "/work/wt/faults/tests/stores/postgres-faults.test.ts",
    projectName: "stores",
  },
  {
    name: "A row that is no record > with a list for a hold, is set aside, and the record begins anew, with a warning",
    file: "/work/wt/faults/tests/stores/postgres-faults.test.ts",
    projectName: "stores",
  },
  {
    name: "A row that is no record > with a bucket of nothing, is set aside, and the record begins anew, with a warning",
    file: "/work/wt/faults/tests/stores/postgres-faults.test.ts",
    projectName: "stores",
  },
  {
    name: "A row that is no record > that is huge, is set aside, and the record begins anew, with a warning",
    file: "/work/wt/faults/tests/stores/postgres-faults.test.ts",
    projectName: "stores",
  },
  {
    name: "A row that is no record > keeps the fields of a later version, and shows none of them",
    file: "/work/wt/faults/tests/stores/postgres-faults.test.ts",
    projectName: "stores",
  },
  {
    name: "What waits behind a question that is not answered > fails with it, as never sent, instead of being asked one after the other",
    file: "/work/wt/faults/tests/stores/postgres-faults.test.ts",
    projectName: "stores",
  },
  {
    name: "While the connection that listens > is lost, changes are known by the poll, and then by a push again",
    file: "/work/wt/faults/tests/stores/postgres-faults.test.ts",
    projectName: "stores",
  },
  {
    name: "The tables of the history > keep no more rows of a namespace than their number, whatever is told",
    file: "/work/wt/faults/tests/stores/postgres-history.test.ts",
    projectName: "stores",
  },
  {
    name: "The tables of the history > keep what operators did, however much else happens",
    file: "/work/wt/faults/tests/stores/postgres-history.test.ts",
    projectName: "stores",
  },
  {
    name: "The tables of the history > leave nothing of a time when the clock was a year ahead, also of a namespace that nobody tells of any more",
    file: "/work/wt/faults/tests/stores/postgres-history.test.ts",
    projectName: "stores",
  },
  {
    name: "The tables of the history > leave nothing of a time when the clock was a year behind, also of a namespace that nobody tells of any more",
    file: "/work/wt/faults/tests/stores/postgres-history.test.ts",
    projectName: "stores",
  },
  {
    name: "The tables of the history > take what twenty replicas tell of the same minute at once, in whatever order, and lose none",
    file: "/work/wt/faults/tests/stores/postgres-history.test.ts",
    projectName: "stores",
  },
  {
    name: "The tables of the history > tell what a clock that ran back has put into the future, and what came since after it",
    file: "/work/wt/faults/tests/stores/postgres-history.test.ts",
    projectName: "stores",
  },
  {
    name: "No call fails or waits, circuits stay shared, and it is told > when it lacks the right",
    file: "/work/wt/faults/tests/stores/postgres-history.test.ts",
    projectName: "stores",
  },
  {
    name: "No call fails or waits, circuits stay shared, and it is told > when it has a schema of before",
    file: "/work/wt/faults/tests/stores/postgres-history.test.ts",
    projectName: "stores",
  },
  {
    name: "No call fails or waits, circuits stay shared, and it is told > when it has a later history",
    file: "/work/wt/faults/tests/stores/postgres-history.test.ts",
    projectName: "stores",
  },
  {
    name: "No call fails or waits, circuits stay shared, and it is told > when its tables are locked by somebody else, and others' records are asked for beside",
    file: "/work/wt/faults/tests/stores/postgres-history.test.ts",
    projectName: "stores",
  },
  {
    name: "A schema that was made before there was a history > shares circuits as it is, is brought up to date by a migration, and one that is newer is left alone",
    file: "/work/wt/faults/tests/stores/postgres-history.test.ts",
    projectName: "stores",
  },
  {
    name: "By TLS, a client of ioredis with its authority > keeps the contract: 'a record that does not exist is close…'",
    file: "/work/wt/faults/tests/stores/redis-tls.test.ts",
    projectName: "stores",
  },
  {
    name: "By TLS, a client of ioredis with its authority > keeps the contract: 'a report trips, once, and everyone re…'",
    file: "/work/wt/faults/tests/stores/redis-tls.test.ts",
    projectName: "stores",
  },
  {
    name: "By TLS, a client of ioredis with its authority > keeps the contract: 'a report is applied at most once, and…'",
    file: "/work/wt/faults/tests/stores/redis-tls.test.ts",
    projectName: "stores",
  },
  {
    name: "By TLS, a client of ioredis with its authority > keeps the contract: 'a report that was applied is never to…'",
    file: "/work/wt/faults/tests/stores/redis-tls.test.ts",
    projectName: "stores",
  },
  {
    name: "By TLS, a client of ioredis with its authority > keeps the contract: 'reports of the same moment all count,…'",
    file: "/work/wt/faults/tests/stores/redis-tls.test.ts",
    projectName: "stores",
  },
  {
    name: "By TLS, a client of ioredis with its authority > keeps the contract: 'one lease: while it lives, every othe…'",
    file: "/work/wt/faults/tests/stores/redis-tls.test.ts",
    projectName: "stores",
  },
  {
    name: "By TLS, a client of ioredis with its authority > keeps the contract: 'a token is good once, for its own lif…'",
    file: "/work/wt/faults/tests/stores/redis-tls.test.ts",
    projectName: "stores",
  },
  {
    name: "By TLS, a client of ioredis with its authority > keeps the contract: 'holds, overrides and resets are kept,…'",
    file: "/work/wt/faults/tests/stores/redis-tls.test.ts",
    projectName: "stores",
  },
  {
    name: "By TLS, a client of ioredis with its authority > keeps the contract: 'only a lack of history lets an open p…'",
    file: "/work/wt/faults/tests/stores/redis-tls.test.ts",
    projectName: "stores",
  },
  {
    name: "By TLS, a client of ioredis with its authority > keeps the contract: 'the log tells what changed since a cu…'",
    file: "/work/wt/faults/tests/stores/redis-tls.test.ts",
    projectName: "stores",
  },
  {
    name: "By TLS, a client of ioredis with its authority > keeps the contract: 'namespaces do not meet'",
    file: "/work/wt/faults/tests/stores/redis-tls.test.ts",
    projectName: "stores",
  },
  {
    name: "By TLS, a client of ioredis with its authority > keeps the contract: 'a change is pushed to whoever listens…'",
    file: "/work/wt/faults/tests/stores/redis-tls.test.ts",
    projectName: "stores",
  },
  {
    name: "By TLS, a client of ioredis with its authority > keeps the contract: 'names may be any text'",
    file: "/work/wt/faults/tests/stores/redis-tls.test.ts",
    projectName: "stores",
  },
  {
    name: "By TLS, a client of ioredis with its authority > keeps the contract: 'many records are read at once'",
    file: "/work/wt/faults/tests/stores/redis-tls.test.ts",
    projectName: "stores",
  },
  {
    name: "By TLS, a client of ioredis with its authority > keeps the contract: 'a ping writes'",
    file: "/work/wt/faults/tests/stores/redis-tls.test.ts",
    projectName: "stores",
  },
  {
    name: "By TLS, a client of ioredis with its authority > keeps the contract: 'a change of the fleet\\'s policies is …'",
    file: "/work/wt/faults/tests/stores/redis-tls.test.ts",
    projectName: "stores",
  },
  {
    name: "By TLS, a client of ioredis with its authority > keeps the contract: 'the fleet\\'s policies are a namespace…'",
    file: "/work/wt/faults/tests/stores/redis-tls.test.ts",
    projectName: "stores",
  },
  {
    name: "By TLS, a client of ioredis with its authority > keeps the contract: 'too many options of the fleet\\'s poli…'",
    file: "/work/wt/faults/tests/stores/redis-tls.test.ts",
    projectName: "stores",
  },
  {
    name: "By TLS, a client of ioredis with its authority > keeps the contract: 'answers 2000 random operations as the…'",
    file: "/work/wt/faults/tests/stores/redis-tls.test.ts",
    projectName: "stores",
  },
  {
    name: "By TLS, a client of ioredis with its authority > keeps the contract: 'changes the fleet\\'s policies as the …'",
    file: "/work/wt/faults/tests/stores/redis-tls.test.ts",
    projectName: "stores",
  },
  {
    name: "By TLS, a client of iovalkey with its authority > keeps the contract: 'a record that does not exist is close…'",
    file: "/work/wt/faults/tests/stores/redis-tls.test.ts",
    projectName: "stores",
  },
  {
    name: "By TLS, a client of iovalkey with its authority > keeps the contract: 'a report trips, once, and everyone re…'",
    file: "/work/wt/faults/tests/stores/redis-tls.test.ts",
    projectName: "stores",
  },
  {
    name: "By TLS, a client of iovalkey with its authority > keeps the contract: 'a report is applied at most once, and…'",
    file: "/work/wt/faults/tests/stores/redis-tls.test.ts",
    projectName: "stores",
  },
  {
    name: "By TLS, a client of iovalkey with its authority > keeps the contract: 'a report that was applied is never to…'",
    file: "/work/wt/faults/tests/stores/redis-tls.test.ts",
    projectName: "stores",
  },
  {
    name: "By TLS, a client of iovalkey with its authority > keeps the contract: 'reports of the same moment all count,…'",
    file: "/work/wt/faults/tests/stores/redis-tls.test.ts",
    projectName: "stores",
  },
  {
    name: "By TLS, a client of iovalkey with its authority > keeps the contract: 'one lease: while it lives, every othe…'",
    file: "/work/wt/faults/tests/stores/redis-tls.test.ts",
    projectName: "stores",
  },
  {
    name: "By TLS, a client of iovalkey with its authority > keeps the contract: 'a token is good once, for its own lif…'",
    file: "/work/wt/faults/tests/stores/redis-tls.test.ts",
    projectName: "stores",
  },
  {
    name: "By TLS, a client of iovalkey with its authority > keeps the contract: 'holds, overrides and resets are kept,…'",
    file: "/work/wt/faults/tests/stores/redis-tls.test.ts",
    projectName: "stores",
  },
  {
    name: "By TLS, a client of iovalkey with its authority > keeps the contract: 'only a lack of history lets an open p…'",
    file: "/work/wt/faults/tests/stores/redis-tls.test.ts",
    projectName: "stores",
  },
  {
    name: "By TLS, a client of iovalkey with its authority > keeps the contract: 'the log tells what changed since a cu…'",
    file: "/work/wt/faults/tests/stores/redis-tls.test.ts",
    projectName: "stores",
  },
  {
    name: "By TLS, a client of iovalkey with its authority > keeps the contract: 'namespaces do not meet'",
    file: "/work/wt/faults/tests/stores/redis-tls.test.ts",
    projectName: "stores",
  },
  {
    name: "By TLS, a client of iovalkey with its authority > keeps the contract: 'a change is pushed to whoever listens…'",
    file: "/work/wt/faults/tests/stores/redis-tls.test.ts",
    projectName: "stores",
  },
  {
    name: "By TLS, a client of iovalkey with its authority > keeps the contract: 'names may be any text'",
    file: "/work/wt/faults/tests/stores/redis-tls.test.ts",
    projectName: "stores",
  },
  {
    name: "By TLS, a client of iovalkey with its authority > keeps the contract: 'many records are read at once'",
    file: "/work/wt/faults/tests/stores/redis-tls.test.ts",
    projectName: "stores",
  },
  {
    name: "By TLS, a client of iovalkey with its authority > keeps the contract: 'a ping writes'",
    file: "/work/wt/faults/tests/stores/redis-tls.test.ts",
    projectName: "stores",
  },
  {
    name: "By TLS, a client of iovalkey with its authority > keeps the contract: 'a change of the fleet\\'s policies is …'",
    file: "/work/wt/faults/tests/stores/redis-tls.test.ts",
    projectName: "stores",
  },
  {
    name: "By TLS, a client of iovalkey with its authority > keeps the contract: 'the fleet\\'s policies are a namespace…'",
    file: "/work/wt/faults/tests/stores/redis-tls.test.ts",
    projectName: "stores",
  },
  {
    name: "By TLS, a client of iovalkey with its authority > keeps the contract: 'too many options of the fleet\\'s poli…'",
    file: "/work/wt/faults/tests/stores/redis-tls.test.ts",
    projectName: "stores",
  },
  {
    name: "By TLS, a client of iovalkey with its authority > keeps the contract: 'answers 2000 random operations as the…'",
    file: "/work/wt/faults/tests/stores/redis-tls.test.ts",
    projectName: "stores",
  },
  {
    name: "By TLS, a client of iovalkey with its authority > keeps the contract: 'changes the fleet\\'s policies as the …'",
    file: "/work/wt/faults/tests/stores/redis-tls.test.ts",
    projectName: "stores",
  },
  {
    name: "By TLS, a client of redis with its authority > keeps the contract: 'a record that does not exist is close…'",
    file: "/work/wt/faults/tests/stores/redis-tls.test.ts",
    projectName: "stores",
  },
  {
    name: "By TLS, a client of redis with its authority > keeps the contract: 'a report trips, once, and everyone re…'",
    file: "/work/wt/faults/tests/stores/redis-tls.test.ts",
    projectName: "stores",
  },
  {
    name: "By TLS, a client of redis with its authority > keeps the contract: 'a report is applied at most once, and…'",
    file: "/work/wt/faults/tests/stores/redis-tls.test.ts",
    projectName: "stores",
  },
  {
    name: "By TLS, a client of redis with its authority > keeps the contract: 'a report that was applied is never to…'",
    file: "/work/wt/faults/tests/stores/redis-tls.test.ts",
    projectName: "stores",
  },
  {
    name: "By TLS, a client of redis with its authority > keeps the contract: 'reports of the same moment all count,…'",
    file: "/work/wt/faults/tests/stores/redis-tls.test.ts",
    projectName: "stores",
  },
  {
    name: "By TLS, a client of redis with its authority > keeps the contract: 'one lease: while it lives, every othe…'",
    file: "/work/wt/faults/tests/stores/redis-tls.test.ts",
    projectName: "stores",
  },
  {
    name: "By TLS, a client of redis with its authority > keeps the contract: 'a token is good once, for its own lif…'",
    file: "/work/wt/faults/tests/stores/redis-tls.test.ts",
    projectName: "stores",
  },
  {
    name: "By TLS, a client of redis with its authority > keeps the contract: 'holds, overrides and resets are kept,…'",
    file: "/work/wt/faults/tests/stores/redis-tls.test.ts",
    projectName: "stores",
  },
  {
    name: "By TLS, a client of redis with its authority > keeps the contract: 'only a lack of history lets an open p…'",
    file: "/work/wt/faults/tests/stores/redis-tls.test.ts",
    projectName: "stores",
  },
  {
    name: "By TLS, a client of redis with its authority > keeps the contract: 'the log tells what changed since a cu…'",
    file: "/work/wt/faults/tests/stores/redis-tls.test.ts",
    projectName: "stores",
  },
  {
    name: "By TLS, a client of redis with its authority > keeps the contract: 'namespaces do not meet'",
    file: "/work/wt/faults/tests/stores/redis-tls.test.ts",
    projectName: "stores",
  },
  {
    name: "By TLS, a client of redis with its authority > keeps the contract: 'a change is pushed to whoever listens…'",
    file: "/work/wt/faults/tests/stores/redis-tls.test.ts",
    projectName: "stores",
  },
  {
    name: "By TLS, a client of redis with its authority > keeps the contract: 'names may be any text'",
    file: "/work/wt/faults/tests/stores/redis-tls.test.ts",
    projectName: "stores",
  },
  {
    name: "By TLS, a client of redis with its authority > keeps the contract: 'many records are read at once'",
    file: "/work/wt/faults/tests/stores/redis-tls.test.ts",
    projectName: "stores",
  },
  {
    name: "By TLS, a client of redis with its authority > keeps the contract: 'a ping writes'",
    file: "/work/wt/faults/tests/stores/redis-tls.test.ts",
    projectName: "stores",
  },
  {
    name: "By TLS, a client of redis with its authority > keeps the contract: 'a change of the fleet\\'s policies is …'",
    file: "/work/wt/faults/tests/stores/redis-tls.test.ts",
    projectName: "stores",
  },
  {
    name: "By TLS, a client of redis with its authority > keeps the contract: 'the fleet\\'s policies are a namespace…'",
    file: "/work/wt/faults/tests/stores/redis-tls.test.ts",
    projectName: "stores",
  },
  {
    name: "By TLS, a client of redis with its authority > keeps the contract: 'too many options of the fleet\\'s poli…'",
    file: "/work/wt/faults/tests/stores/redis-tls.test.ts",
    projectName: "stores",
  },
  {
    name: "By TLS, a client of redis with its authority > keeps the contract: 'answers 2000 random operations as the…'",
    file: "/work/wt/faults/tests/stores/redis-tls.test.ts",
    projectName: "stores",
  },
  {
    name: "By TLS, a client of redis with its authority > keeps the contract: 'changes the fleet\\'s policies as the …'",
    file: "/work/wt/faults/tests/stores/redis-tls.test.ts",
    projectName: "stores",
  },
  {
    name: "By rediss:// with ioredis installed, > the contract is kept where Node trusts the authority, and the process ends by itself",
    file: "/work/wt/faults/tests/stores/redis-tls.test.ts",
    projectName: "stores",
  },
  {
    name: "By rediss:// with ioredis installed, > a certificate of a strange authority is no store: calls go on, nothing is said in clear, no handle is left",
    file: "/work/wt/faults/tests/stores/redis-tls.test.ts",
    projectName: "stores",
  },
  {
    name: "By rediss:// with ioredis installed, > somebody who answers in clear is no store: calls go on, nothing is said in clear, no handle is left",
    file: "/work/wt/faults/tests/stores/redis-tls.test.ts",
    projectName: "stores",
  },
  {
    name: "By rediss:// with iovalkey installed, > the contract is kept where Node trusts the authority, and the process ends by itself",
    file: "/work/wt/faults/tests/stores/redis-tls.test.ts",
    projectName: "stores",
  },
  {
    name: "By rediss:// with iovalkey installed, > a certificate of a strange authority is no store: calls go on, nothing is said in clear, no handle is left",
    file: "/work/wt/faults/tests/stores/redis-tls.test.ts",
    projectName: "stores",
  },
  {
    name: "By rediss:// with iovalkey installed, > somebody who answers in clear is no store: calls go on, nothing is said in clear, no handle is left",
    file: "/work/wt/faults/tests/stores/redis-tls.test.ts",
    projectName: "stores",
  },
  {
    name: "By rediss:// with redis installed, > the contract is kept where Node trusts the authority, and the process ends by itself",
    file: "/work/wt/faults/tests/stores/redis-tls.test.ts",
    projectName: "stores",
  },
  {
    name: "By rediss:// with redis installed, > a certificate of a strange authority is no store: calls go on, nothing is said in clear, no handle is left",
    file: "/work/wt/faults/tests/stores/redis-tls.test.ts",
    projectName: "stores",
  },
  {
    name: "By rediss:// with redis installed, > somebody who answers in clear is no store: calls go on, nothing is said in clear, no handle is left",
    file: "/work/wt/faults/tests/stores/redis-tls.test.ts",
    projectName: "stores",
  },
  {
    name: "By rediss:// with ioredis installed, > a handshake that is never answered is given up, and the server that then stands there is joined",
    file: "/work/wt/faults/tests/stores/redis-tls.test.ts",
    projectName: "stores",
  },
  {
    name: "By rediss:// with iovalkey installed, > a handshake that is never answered is given up, and the server that then stands there is joined",
    file: "/work/wt/faults/tests/stores/redis-tls.test.ts",
    projectName: "stores",
  },
  {
    name: "By rediss:// with redis installed, > a handshake that is never answered is given up, and the server that then stands there is joined",
    file: "/work/wt/faults/tests/stores/redis-tls.test.ts",
    projectName: "stores",
  },
  {
    name: "No call fails or waits, and the fleet is whole again within seconds, when > the server shows ioredis a certificate that is untrusted",
    file: "/work/wt/faults/tests/stores/redis-tls.test.ts",
    projectName: "stores",
  },
  {
    name: "No call fails or waits, and the fleet is whole again within seconds, when > the server shows iovalkey a certificate that is untrusted",
    file: "/work/wt/faults/tests/stores/redis-tls.test.ts",
    projectName: "stores",
  },
  {
    name: "No call fails or waits, and the fleet is whole again within seconds, when > the server shows redis a certificate that is untrusted",
    file: "/work/wt/faults/tests/stores/redis-tls.test.ts",
    projectName: "stores",
  },
  {
    name: "No call fails or waits, and the fleet is whole again within seconds, when > the server shows ioredis a certificate that is elsewhere",
    file: "/work/wt/faults/tests/stores/redis-tls.test.ts",
    projectName: "stores",
  },
  {
    name: "No call fails or waits, and the fleet is whole again within seconds, when > the server shows redis a certificate that is expired",
    file: "/work/wt/faults/tests/stores/redis-tls.test.ts",
    projectName: "stores",
  },
  {
    name: "No call fails or waits, and the fleet is whole again within seconds, when > somebody who speaks in clear is in the place of ioredis's server",
    file: "/work/wt/faults/tests/stores/redis-tls.test.ts",
    projectName: "stores",
  },
  {
    name: "No call fails or waits, and the fleet is whole again within seconds, when > somebody who speaks in clear is in the place of iovalkey's server",
    file: "/work/wt/faults/tests/stores/redis-tls.test.ts",
    projectName: "stores",
  },
  {
    name: "No call fails or waits, and the fleet is whole again within seconds, when > somebody who speaks in clear is in the place of redis's server",
    file: "/work/wt/faults/tests/stores/redis-tls.test.ts",
    projectName: "stores",
  },
  {
    name: "A server that asks for certificates > shares with a client of ioredis that has one, and its pushes too",
    file: "/work/wt/faults/tests/stores/redis-tls.test.ts",
    projectName: "stores",
  },
  {
    name: "A server that asks for certificates > shares with a client of iovalkey that has one, and its pushes too",
    file: "/work/wt/faults/tests/stores/redis-tls.test.ts",
    projectName: "stores",
  },
  {
    name: "A server that asks for certificates > shares with a client of redis that has one, and its pushes too",
    file: "/work/wt/faults/tests/stores/redis-tls.test.ts",
    projectName: "stores",
  },
  {
    name: "A server that asks for certificates > is no store for a client that has none: calls go on",
    file: "/work/wt/faults/tests/stores/redis-tls.test.ts",
    projectName: "stores",
  },
  {
    name: "A fleet of processes that trust an authority by their environment > shares by rediss://, goes on by itself while a stranger's certificate is shown, and shares again",
    file: "/work/wt/faults/tests/stores/redis-tls.test.ts",
    projectName: "stores",
  },
  {
    name: "A fleet of 16 replicas on PostgreSQL, 4 of them processes of their own > rejects everywhere soon after the first replica, the others having seen no failure",
    file: "/work/wt/faults/tests/stores/postgres-fleet.test.ts",
    projectName: "stores",
  },
  {
    name: "A fleet of 16 replicas on PostgreSQL, 4 of them processes of their own > trips once, and tells once that it was made here, when all 16 fail at once",
    file: "/work/wt/faults/tests/stores/postgres-fleet.test.ts",
    projectName: "stores",
  },
  {
    name: "A fleet of 16 replicas on PostgreSQL, 4 of them processes of their own > sends one request at the cooldown's end, of 16 × 20 callers",
    file: "/work/wt/faults/tests/stores/postgres-fleet.test.ts",
    projectName: "stores",
  },
  {
    name: "A fleet of 16 replicas on PostgreSQL, 4 of them processes of their own > probes again within the lease when the prober is killed, while traffic goes on",
    file: "/work/wt/faults/tests/stores/postgres-fleet.test.ts",
    projectName: "stores",
  },
  {
    name: "A fleet of 16 replicas on PostgreSQL, 4 of them processes of their own > is open until the same instant, on the same step, for processes that begin anew",
    file: "/work/wt/faults/tests/stores/postgres-fleet.test.ts",
    projectName: "stores",
  },
  {
    name: "A Redis Cluster of three masters > by ioredis > 'a record that does not exist is close…'",
    file: "/work/wt/faults/tests/stores/redis-topologies.test.ts",
    projectName: "stores",
  },
  {
    name: "A Redis Cluster of three masters > by ioredis > 'a report trips, once, and everyone re…'",
    file: "/work/wt/faults/tests/stores/redis-topologies.test.ts",
    projectName: "stores",
  },
  {
    name: "A Redis Cluster of three masters > by ioredis > 'a report is applied at most once, and…'",
    file: "/work/wt/faults/tests/stores/redis-topologies.test.ts",
    projectName: "stores",
  },
  {
    name: "A Redis Cluster of three masters > by ioredis > 'a report that was applied is never to…'",
    file: "/work/wt/faults/tests/stores/redis-topologies.test.ts",
    projectName: "stores",
  },
  {
    name: "A Redis Cluster of three masters > by ioredis > 'reports of the same moment all count,…'",
    file: "/work/wt/faults/tests/stores/redis-topologies.test.ts",
    projectName: "stores",
  },
  {
    name: "A Redis Cluster of three masters > by ioredis > 'one lease: while it lives, every othe…'",
    file: "/work/wt/faults/tests/stores/redis-topologies.test.ts",
    projectName: "stores",
  },
  {
    name: "A Redis Cluster of three masters > by ioredis > 'a token is good once, for its own lif…'",
    file: "/work/wt/faults/tests/stores/redis-topologies.test.ts",
    projectName: "stores",
  },
  {
    name: "A Redis Cluster of three masters > by ioredis > 'holds, overrides and resets are kept,…'",
    file: "/work/wt/faults/tests/stores/redis-topologies.test.ts",
    projectName: "stores",
  },
  {
    name: "A Redis Cluster of three masters > by ioredis > 'only a lack of history lets an open p…'",
    file: "/work/wt/faults/tests/stores/redis-topologies.test.ts",
    projectName: "stores",
  },
  {
    name: "A Redis Cluster of three masters > by ioredis > 'the log tells what changed since a cu…'",
    file: "/work/wt/faults/tests/stores/redis-topologies.test.ts",
    projectName: "stores",
  },
  {
    name: "A Redis Cluster of three masters > by ioredis > 'namespaces do not meet'",
    file: "/work/wt/faults/tests/stores/redis-topologies.test.ts",
    projectName: "stores",
  },
  {
    name: "A Redis Cluster of three masters > by ioredis > 'a change is pushed to whoever listens…'",
    file: "/work/wt/faults/tests/stores/redis-topologies.test.ts",
    projectName: "stores",
  },
  {
    name: "A Redis Cluster of three masters > by ioredis > 'names may be any text'",
    file: "/work/wt/faults/tests/stores/redis-topologies.test.ts",
    projectName: "stores",
  },
  {
    name: "A Redis Cluster of three masters > by ioredis > 'many records are read at once'",
    file: "/work/wt/faults/tests/stores/redis-topologies.test.ts",
    projectName: "stores",
  },
  {
    name: "A Redis Cluster of three masters > by ioredis > 'a ping writes'",
    file: "/work/wt/faults/tests/stores/redis-topologies.test.ts",
    projectName: "stores",
  },
  {
    name: "A Redis Cluster of three masters > by ioredis > 'a change of the fleet\\'s policies is …'",
    file: "/work/wt/faults/tests/stores/redis-topologies.test.ts",
    projectName: "stores",
  },
  {
    name: "A Redis Cluster of three masters > by ioredis > 'the fleet\\'s policies are a namespace…'",
    file: "/work/wt/faults/tests/stores/redis-topologies.test.ts",
    projectName: "stores",
  },
  {
    name: "A Redis Cluster of three masters > by ioredis > 'too many options of the fleet\\'s poli…'",
    file: "/work/wt/faults/tests/stores/redis-topologies.test.ts",
    projectName: "stores",
  },
  {
    name: "A Redis Cluster of three masters > by ioredis > 'answers 500 random operations as the …'",
    file: "/work/wt/faults/tests/stores/redis-topologies.test.ts",
    projectName: "stores",
  },
  {
    name: "A Redis Cluster of three masters > by ioredis > 'changes the fleet\\'s policies as the …'",
    file: "/work/wt/faults/tests/stores/redis-topologies.test.ts",
    projectName: "stores",
  },
  {
    name: "A Redis Cluster of three masters > by redis > 'a record that does not exist is close…'",
    file: "/work/wt/faults/tests/stores/redis-topologies.test.ts",
    projectName: "stores",
  },
  {
    name: "A Redis Cluster of three masters > by redis > 'a report trips, once, and everyone re…'",
    file: "/work/wt/faults/tests/stores/redis-topologies.test.ts",
    projectName: "stores",
  },
  {
    name: "A Redis Cluster of three masters > by redis > 'a report is applied at most once, and…'",
    file: "/work/wt/faults/tests/stores/redis-topologies.test.ts",
    projectName: "stores",
  },
  {
    name: "A Redis Cluster of three masters > by redis > 'a report that was applied is never to…'",
    file: "/work/wt/faults/tests/stores/redis-topologies.test.ts",
    projectName: "stores",
  },
  {
    name: "A Redis Cluster of three masters > by redis > 'reports of the same moment all count,…'",
    file: "/work/wt/faults/tests/stores/redis-topologies.test.ts",
    projectName: "stores",
  },
  {
    name: "A Redis Cluster of three masters > by redis > 'one lease: while it lives, every othe…'",
    file: "/work/wt/faults/tests/stores/redis-topologies.test.ts",
    projectName: "stores",
  },
  {
    name: "A Redis Cluster of three masters > by redis > 'a token is good once, for its own lif…'",
    file: "/work/wt/faults/tests/stores/redis-topologies.test.ts",
    projectName: "stores",
  },
  {
    name: "A Redis Cluster of three masters > by redis > 'holds, overrides and resets are kept,…'",
    file: "/work/wt/faults/tests/stores/redis-topologies.test.ts",
    projectName: "stores",
  },
  {
    name: "A Redis Cluster of three masters > by redis > 'only a lack of history lets an open p…'",
    file: "/work/wt/faults/tests/stores/redis-topologies.test.ts",
    projectName: "stores",
  },
  {
    name: "A Redis Cluster of three masters > by redis > 'the log tells what changed since a cu…'",
    file: "/work/wt/faults/tests/stores/redis-topologies.test.ts",
    projectName: "stores",
  },
  {
    name: "A Redis Cluster of three masters > by redis > 'namespaces do not meet'",
    file: "/work/wt/faults/tests/stores/redis-topologies.test.ts",
    projectName: "stores",
  },
  {
    name: "A Redis Cluster of three masters > by redis > 'a change is pushed to whoever listens…'",
    file: "/work/wt/faults/tests/stores/redis-topologies.test.ts",
    projectName: "stores",
  },
  {
    name: "A Redis Cluster of three masters > by redis > 'names may be any text'",
    file: "/work/wt/faults/tests/stores/redis-topologies.test.ts",
    projectName: "stores",
  },
  {
    name: "A Redis Cluster of three masters > by redis > 'many records are read at once'",
    file: "/work/wt/faults/tests/stores/redis-topologies.test.ts",
    projectName: "stores",
  },
  {
    name: "A Redis Cluster of three masters > by redis > 'a ping writes'",
    file: "/work/wt/faults/tests/stores/redis-topologies.test.ts",
    projectName: "stores",
  },
  {
    name: "A Redis Cluster of three masters > by redis > 'a change of the fleet\\'s policies is …'",
    file: "/work/wt/faults/tests/stores/redis-topologies.test.ts",
    projectName: "stores",
  },
  {
    name: "A Redis Cluster of three masters > by redis > 'the fleet\\'s policies are a namespace…'",
    file: "/work/wt/faults/tests/stores/redis-topologies.test.ts",
    projectName: "stores",
  },
  {
    name: "A Redis Cluster of three masters > by redis > 'too many options of the fleet\\'s poli…'",
    file: "/work/wt/faults/tests/stores/redis-topologies.test.ts",
    projectName: "stores",
  },
  {
    name: "A Redis Cluster of three masters > by redis > 'answers 500 random operations as the …'",
    file: "/work/wt/faults/tests/stores/redis-topologies.test.ts",
    projectName: "stores",
  },
  {
    name: "A Redis Cluster of three masters > by redis > 'changes the fleet\\'s policies as the …'",
    file: "/work/wt/faults/tests/stores/redis-topologies.test.ts",
    projectName: "stores",
  },
  {
    name: "A failover, by ioredis, > of a Cluster's master to its replica: no call fails, and the fleet is whole again",
    file: "/work/wt/faults/tests/stores/redis-topologies.test.ts",
    projectName: "stores",
  },
  {
    name: "A failover, by ioredis, > by Sentinel, whose new master has not heard of a trip: it is put back, and no call fails",
    file: "/work/wt/faults/tests/stores/redis-topologies.test.ts",
    projectName: "stores",
  },
  {
    name: "A failover, by redis, > of a Cluster's master to its replica: no call fails, and the fleet is whole again",
    file: "/work/wt/faults/tests/stores/redis-topologies.test.ts",
    projectName: "stores",
  },
  {
    name: "A failover, by redis, > by Sentinel, whose new master has not heard of a trip: it is put back, and no call fails",
    file: "/work/wt/faults/tests/stores/redis-topologies.test.ts",
    projectName: "stores",
  },
];
