import { z } from 'zod';
import { REF_META, type RefKind } from './define.ts';
import type { Path } from './problems.ts';

/** What a schema says about a value as written, found without parsing it. */
export interface Inspection {
  /** Strings that name other components, defaults included. */
  readonly refs: readonly { readonly path: Path; readonly ref: RefKind; readonly name: string }[];
  /** Keys that an object schema would silently drop. */
  readonly dropped: readonly { readonly path: Path; readonly key: string }[];
  /** The keys that are known at a path (JSON of it). */
  readonly known: ReadonlyMap<string, readonly string[]>;
}

type Schema = z.core.$ZodType;

/** Whether a schema describes the whole value, a part of its keys (an intersection), or perhaps another option does. */
type Sure = 'whole' | 'part' | 'perhaps';
const part = (sure: Sure): Sure => (sure === 'whole' ? 'part' : sure);

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const refOf = (schema: Schema): RefKind | undefined => z.globalRegistry.get(schema)?.[REF_META] as RefKind | undefined;

/** The options of a union that the value can mean: by discriminator, else those it parses as. */
const fitting = (def: z.core.$ZodUnionDef, value: unknown): readonly Schema[] => {
  const { discriminator } = def as Partial<z.core.$ZodDiscriminatedUnionDef>;
  if (discriminator !== undefined) {
    if (!isRecord(value)) return [];
    return def.options.filter((option) => option._zod.propValues?.[discriminator]?.has(value[discriminator] as string));
  }
  return def.options.filter((option) => z.core.safeParse(option, value).success);
};

/** Walks a zod 4 schema and a value side by side: objects, arrays, tuples, records, unions and wrappers. */
export const inspect = (root: Schema, rootValue: unknown, rootPath: Path): Inspection => {
  const refs: { path: Path; ref: RefKind; name: string }[] = [];
  const dropped: { path: Path; key: string }[] = [];
  const known = new Map<string, string[]>();

  const walkObject = (def: z.core.$ZodObjectDef, value: unknown, path: Path, sure: Sure): void => {
    const keys = Object.keys(def.shape);
    const at = JSON.stringify(path);
    known.set(at, [...(known.get(at) ?? []), ...keys]);
    if (!isRecord(value)) return;
    for (const key of keys) walk(def.shape[key]!, value[key], [...path, key], sure);
    for (const key of Object.keys(value)) {
      if (keys.includes(key)) continue;
      if (def.catchall === undefined) {
        if (sure === 'whole') dropped.push({ path, key });
      } else walk(def.catchall, value[key], [...path, key], sure);
    }
  };

  const walkArray = (def: z.core.$ZodArrayDef, value: readonly unknown[], path: Path, sure: Sure): void => {
    for (const [i, v] of value.entries()) walk(def.element, v, [...path, i], sure);
  };

  const walkTuple = (def: z.core.$ZodTupleDef, value: readonly unknown[], path: Path, sure: Sure): void => {
    for (const [i, v] of value.entries()) {
      const item = def.items[i] ?? def.rest;
      if (item) walk(item, v, [...path, i], sure);
    }
  };

  const walkRecord = (def: z.core.$ZodRecordDef, value: Record<string, unknown>, path: Path, sure: Sure) => {
    for (const [key, v] of Object.entries(value)) {
      walk(def.keyType, key, [...path, key], sure);
      walk(def.valueType, v, [...path, key], sure);
    }
  };

  const walk = (schema: Schema, value: unknown, path: Path, sure: Sure): void => {
    const ref = refOf(schema);
    if (ref !== undefined && typeof value === 'string' && sure !== 'perhaps') refs.push({ path, ref, name: value });
    const { def } = (schema as z.core.$ZodTypes)._zod;
    switch (def.type) {
      case 'object':
        walkObject(def, value, path, sure);
        break;
      case 'array':
        if (Array.isArray(value)) walkArray(def, value, path, sure);
        break;
      case 'tuple':
        if (Array.isArray(value)) walkTuple(def, value, path, sure);
        break;
      case 'record':
        if (isRecord(value)) walkRecord(def, value, path, sure);
        break;
      case 'union': {
        const meant = fitting(def, value)[0];
        for (const option of meant === undefined ? def.options : [meant]) {
          walk(option, value, path, meant === undefined ? 'perhaps' : sure);
        }
        break;
      }
      case 'intersection':
        walk(def.left, value, path, part(sure));
        walk(def.right, value, path, part(sure));
        break;
      case 'default':
      case 'prefault':
        walk(def.innerType, value === undefined ? def.defaultValue : value, path, sure);
        break;
      case 'optional':
      case 'nullable':
      case 'nonoptional':
      case 'readonly':
      case 'catch':
        walk(def.innerType, value, path, sure);
        break;
      case 'pipe':
        walk(def.in, value, path, sure);
        break;
      case 'lazy':
        walk(def.getter(), value, path, sure);
        break;
    }
  };

  walk(root, rootValue, rootPath, 'whole');
  return { refs, dropped, known };
};
