import { RecographError } from '../../spi/index.ts';
import { isTable, type Parameter } from '../parameter.ts';

export const notListed = (parameter: Parameter): never => {
  const kind = isTable(parameter) ? 'table' : 'parameter';
  throw new RecographError(
    'INVALID_ARGUMENT',
    `${kind} "${parameter.name}" is used in a batch but not listed in the parameters to train: list it.`,
  );
};
