import type { Product } from '../../../shared/plays/shelf/contract.ts';
import { staffText } from '../../text/staff.ts';
import { studioText } from '../../text/studio.ts';
import { Icon, type IconName } from '../../ui/icon.tsx';
import { productActs } from './product-acts.ts';
import type { StudioProps } from './studio-page.tsx';
import type { StudioParts } from './studio-parts.ts';
import type { StudioSheet } from './studio-sheets.tsx';

type Props = StudioProps & {
  product: Product;
  parts: StudioParts;
  onSheet: (sheet: StudioSheet | null) => void;
};

/** What else can be done with a product, where there is no room beside it. */
export function ProductMore({ product, ...props }: Props) {
  const { model, room, parts, report, onSheet } = props;
  const { currency } = room.room;
  const acts = productActs({ model, parts, currency, report, onSheet }, product);
  const isFeatured = model.shelf.state.value.featuredProductId === product.productId;
  const close = (act: () => void) => () => {
    onSheet(null);
    act();
  };
  return (
    <div class="studio-menu">
      <Row icon="bolt" label={studioText.run.startSale} testId="more-sale" onPress={acts.onSale} />
      <Row
        icon={isFeatured ? 'off' : 'live'}
        label={isFeatured ? staffText.studio.unfeature : staffText.studio.feature}
        testId="more-feature"
        onPress={close(acts.onFeature)}
      />
      <Row icon="edit" label={staffText.studio.edit} testId="more-edit" onPress={acts.onEdit} />
      <Row icon="trash" label={studioText.run.remove} testId="more-remove" onPress={close(acts.onRemove)} />
    </div>
  );
}

type RowProps = { icon: IconName; label: string; testId: string; onPress: () => void };

export function Row({ icon, label, testId, onPress }: RowProps) {
  return (
    <button type="button" class="btn" data-testid={testId} onClick={onPress}>
      <Icon name={icon} /> {label}
    </button>
  );
}
