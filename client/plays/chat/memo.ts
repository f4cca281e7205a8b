import { type Attributes, Component, type ComponentChild, type ComponentType, h } from 'preact';

/** Renders again only when a prop is another value: a message line never changes. */
export function memo<P extends object>(view: (props: P) => ComponentChild): ComponentType<P> {
  return class Memo extends Component<P> {
    override shouldComponentUpdate(next: Readonly<P>): boolean {
      const before = this.props as Readonly<P>;
      return (Object.keys(next) as (keyof P)[]).some(
        (key) => key !== 'children' && next[key] !== before[key],
      );
    }
    override render() {
      return h(view as ComponentType<P>, this.props as P & Attributes);
    }
  };
}
