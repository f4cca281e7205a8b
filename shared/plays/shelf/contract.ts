import { z } from 'zod';
import { defineContract } from '../../kernel/contract.ts';
import { idSchema, minorSchema, opIdSchema, SELLERS, shownText } from '../../kernel/units.ts';

/** The product shelf of a room, and which product is being explained. */

/** https, or a path of this server: what an <img> may load. */
const imageUrlSchema = z
  .string()
  .max(500)
  .regex(/^(https:\/\/|\/(?!\/))[^\s"'<>\\]*$/, 'expected an https address or a path that starts with "/"');

export const productSchema = z
  .strictObject({
    productId: idSchema,
    title: shownText(1, 80),
    description: shownText(0, 1000),
    imageUrl: imageUrlSchema.nullable(),
    /** The usual price, outside of flash sales. */
    priceMinor: minorSchema,
  })
  .meta({ id: 'Product' });
export type Product = z.infer<typeof productSchema>;

export const shelfContract = defineContract({
  name: 'shelf',
  summary: 'The products of a room, and the one being explained.',
  commands: {
    'shelf:save-product': {
      summary: 'Add a product, or replace the one with the same id.',
      input: z.strictObject({ opId: opIdSchema, product: productSchema }),
      output: z.strictObject({ product: productSchema }),
      roles: SELLERS,
      rate: { perSecond: 5, burst: 20 },
      errors: ['SHELF_FULL'],
    },
    'shelf:remove-product': {
      summary: 'Take a product off the shelf. Sales of it go on.',
      input: z.strictObject({ opId: opIdSchema, productId: idSchema }),
      output: z.strictObject({}),
      roles: SELLERS,
      rate: { perSecond: 5, burst: 20 },
      errors: ['PRODUCT_NOT_FOUND'],
    },
    'shelf:feature': {
      summary: 'Say which product is being explained; null for none.',
      input: z.strictObject({ opId: opIdSchema, productId: idSchema.nullable() }),
      output: z.strictObject({}),
      roles: SELLERS,
      rate: { perSecond: 2, burst: 10 },
      errors: ['PRODUCT_NOT_FOUND'],
    },
  },
  events: {
    'shelf:product-saved': {
      summary: 'A product was added or changed.',
      data: z.strictObject({ product: productSchema }),
      lane: 'control',
    },
    'shelf:product-removed': {
      summary: 'A product left the shelf.',
      data: z.strictObject({ productId: idSchema }),
      lane: 'control',
    },
    'shelf:product-featured': {
      summary: 'This product is being explained now; null for none.',
      data: z.strictObject({ productId: idSchema.nullable() }),
      lane: 'control',
      conflateBy: '',
    },
  },
  notices: {},
  errors: {
    SHELF_FULL: { message: 'The shelf is full; remove a product first.', retryable: false },
    PRODUCT_NOT_FOUND: { message: 'There is no such product in this room.', retryable: false },
  },
  limits: {
    productsMax: { value: 200, unit: 'products', summary: 'On one shelf.' },
  },
  snapshot: z.strictObject({
    /** In the order they were added. */
    products: z.array(productSchema),
    featuredProductId: idSchema.nullable(),
  }),
  you: z.strictObject({}),
});
export type ShelfSnapshot = z.infer<typeof shelfContract.snapshot>;
