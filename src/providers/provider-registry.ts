import { payfieldModule } from './payfield/module';
import { pontisModule } from './pontis/module';
import type { ProviderModule } from './provider-module';
import { syncgramModule } from './syncgram/module';

/** A module whatever its settings; `create` and `scope` get what its own `settings` schema gave. */
export type AnyProviderModule = ProviderModule<unknown>;

/** Every provider that an account can name. A new one is one line here. */
export const providerModules: readonly AnyProviderModule[] = [pontisModule, payfieldModule, syncgramModule];

export type ProviderRegistry = {
  readonly names: readonly string[];
  find(provider: string): AnyProviderModule | undefined;
};

export function createProviderRegistry(
  modules: readonly AnyProviderModule[] = providerModules,
): ProviderRegistry {
  const byName = new Map(modules.map((module) => [module.provider, module]));
  if (byName.size < modules.length) throw new Error('two provider modules have the same name');
  return { names: [...byName.keys()], find: (provider) => byName.get(provider) };
}
