import { useState } from 'preact/hooks';
import type { Product } from '../../../shared/plays/shelf/contract.ts';
import { newOpId } from '../../sdk/op-id.ts';
import { parseMoney, plainMoney } from '../../text/format.ts';
import { text } from '../../text/i18n.ts';
import { staffText } from '../../text/staff.ts';
import { Field } from '../../ui/field.tsx';
import './product-form.css';

type Props = {
  /** Null: a new one. */
  product: Product | null;
  currency: string;
  onSave: (product: Product) => Promise<boolean>;
  onDone: () => void;
};
type Problems = { title?: string; price?: string; image?: string };

const TITLE_MAX = 80;
const DESCRIPTION_MAX = 1000;

export function ProductForm({ product, currency, onSave, onDone }: Props) {
  const [title, setTitle] = useState(product?.title ?? '');
  const [description, setDescription] = useState(product?.description ?? '');
  const [image, setImage] = useState(product?.imageUrl ?? '');
  const [price, setPrice] = useState(product === null ? '' : plainMoney(product.priceMinor, currency));
  const [problems, setProblems] = useState<Problems>({});

  async function submit(event: Event): Promise<void> {
    event.preventDefault();
    const priceMinor = parseMoney(price, currency);
    const found: Problems = {};
    if (title.trim() === '') found.title = staffText.studio.needTitle;
    if (priceMinor === null) found.price = staffText.studio.needPrice;
    if (!/^$|^(https:\/\/|\/)/.test(image.trim())) found.image = staffText.studio.needImage;
    setProblems(found);
    if (priceMinor === null || Object.keys(found).length > 0) return;
    const saved = await onSave({
      productId: product?.productId ?? newOpId(),
      title: title.trim(),
      description: description.trim(),
      imageUrl: image.trim() === '' ? null : image.trim(),
      priceMinor,
    });
    if (saved) onDone();
  }
  return (
    <form class="product-form" onSubmit={submit}>
      <Field label={staffText.studio.fieldTitle} problem={problems.title ?? null}>
        {(ids) => (
          <input
            {...ids}
            name="title"
            dir="auto"
            maxLength={TITLE_MAX}
            value={title}
            onInput={(event) => setTitle(event.currentTarget.value)}
          />
        )}
      </Field>
      <Field label={staffText.studio.fieldPrice(currency)} problem={problems.price ?? null}>
        {(ids) => (
          <input
            {...ids}
            name="price"
            inputMode="decimal"
            value={price}
            onInput={(event) => setPrice(event.currentTarget.value)}
          />
        )}
      </Field>
      <Field label={`${staffText.studio.fieldDescription} · ${staffText.studio.optional}`}>
        {(ids) => (
          <textarea
            {...ids}
            name="description"
            dir="auto"
            rows={3}
            maxLength={DESCRIPTION_MAX}
            value={description}
            onInput={(event) => setDescription(event.currentTarget.value)}
          />
        )}
      </Field>
      <Field
        label={`${staffText.studio.fieldImage} · ${staffText.studio.optional}`}
        hint={staffText.studio.fieldImageHint}
        problem={problems.image ?? null}
      >
        {(ids) => (
          <input
            {...ids}
            name="image"
            inputMode="url"
            value={image}
            onInput={(event) => setImage(event.currentTarget.value)}
          />
        )}
      </Field>
      <button type="submit" class="btn btn-strong btn-wide" data-testid="product-save">
        {text.common.save}
      </button>
    </form>
  );
}
