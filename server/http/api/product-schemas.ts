import { z } from 'zod';
import 'zod-openapi';
import { idSchema, roomIdSchema } from '../../../shared/kernel/units.ts';
import { productSchema } from '../../../shared/plays/shelf/contract.ts';

/** Bodies of products that the contracts of the plays do not have. */

/** The id is in the address, or made here. */
export const productBodySchema = productSchema
  .omit({ productId: true })
  .extend({
    description: productSchema.shape.description.default(''),
    imageUrl: productSchema.shape.imageUrl.default(null),
  })
  .meta({ id: 'ProductBody' });

export const newProductSchema = productBodySchema
  .extend({ productId: idSchema.optional() })
  .meta({ id: 'NewProduct' });

export const productParams = z.strictObject({ roomId: roomIdSchema, productId: idSchema });
