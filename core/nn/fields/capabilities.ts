import type { Capabilities } from '../../spi/index.ts';
import type { PointwiseConfig } from '../pointwise.ts';
import { hasFeatures } from './dataset-slots.ts';
import type { FieldLayout } from './layout.ts';

/**
 * What a pointwise model over these fields can do. `observed`: labels were recorded, none drawn, so that its chances are of
 * what was recorded.
 */
export const fieldCapabilities = (
  layout: FieldLayout,
  { task, observed }: { readonly task: PointwiseConfig['task']; readonly observed: boolean },
): Capabilities => ({
  feedback: task === 'regression' ? ['explicit'] : ['implicit', 'explicit'],
  coldUsers: hasFeatures(layout, 'user', 'context') ? ['attributes'] : [],
  coldItems: hasFeatures(layout, 'item'),
  sequential: false,
  context: hasFeatures(layout, 'context'),
  calibrated: task === 'regression' ? 'value' : observed ? 'probability' : 'none',
});
