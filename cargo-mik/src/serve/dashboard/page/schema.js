// What a schema asks for, as a value to begin with (JSON Schema, as OpenAPI 3.1 has it).

const DEPTH_MOST = 8;

/** What a reference within a document leads to. */
function resolved(schema, root, depth = 0) {
  if (!schema?.$ref || depth > DEPTH_MOST) return schema ?? {};
  const path = schema.$ref.replace(/^#\//, "").split("/").map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
  const target = path.reduce((value, part) => (value !== null && typeof value === "object" && Object.hasOwn(value, part) ? value[part] : undefined), root);
  return resolved(target, root, depth + 1);
}

const FORMATS = {
  "date-time": "2026-01-31T12:00:00Z", date: "2026-01-31", time: "12:00:00Z", duration: "PT1H", email: "ada@example.com",
  uuid: "00000000-0000-4000-8000-000000000000", uri: "https://example.com/", url: "https://example.com/", ipv4: "192.0.2.1", ipv6: "2001:db8::1",
};

/** A value that a schema may take: its example where it has one, else the simplest that is known. */
function sample(given, root, depth = 0) {
  const schema = resolved(given, root);
  if (schema.example !== undefined) return schema.example;
  if (Array.isArray(schema.examples) && schema.examples.length) return schema.examples[0];
  if (schema.default !== undefined) return schema.default;
  if (schema.const !== undefined) return schema.const;
  if (Array.isArray(schema.enum)) return schema.enum[0];
  if (depth > DEPTH_MOST) return null;
  const either = schema.oneOf ?? schema.anyOf;
  if (Array.isArray(either) && either.length) {
    const isNull = (one) => resolved(one, root).type === "null";
    return sample(either.find((one) => !isNull(one)) ?? either[0], root, depth + 1);
  }
  if (Array.isArray(schema.allOf)) {
    const parts = schema.allOf.map((part) => sample(part, root, depth + 1));
    return parts.every((part) => part && typeof part === "object") ? Object.assign({}, ...parts) : parts[0];
  }
  const types = Array.isArray(schema.type) ? schema.type : [schema.type];
  const type = types.find((one) => one !== "null") ?? (schema.properties ? "object" : undefined);
  switch (type) {
    case "object": {
      const properties = Object.entries(schema.properties ?? {});
      return Object.fromEntries(properties.map(([name, property]) => [name, sample(property, root, depth + 1)]));
    }
    case "array": {
      const length = Math.max(1, Math.min(schema.minItems ?? 1, 3));
      return Array.from({ length }, () => sample(schema.items ?? {}, root, depth + 1));
    }
    case "integer":
    case "number": return schema.minimum ?? (schema.exclusiveMinimum !== undefined ? schema.exclusiveMinimum + 1 : 0);
    case "boolean": return false;
    case "string": {
      const text = FORMATS[schema.format] ?? "text";
      return text.padEnd(Math.min(schema.minLength ?? 0, 1000), "x").slice(0, schema.maxLength ?? undefined);
    }
    default: return null;
  }
}
