import type { RandomSource } from '../../kernel/random.ts';
import type { Tongue } from './personas.ts';

/** What simulated viewers say. Content of the demo, in the two languages of its people; not text of the pages. */

export type Occasion =
  | 'hello'
  | 'idle'
  | 'product'
  | 'soon'
  | 'open'
  | 'got-one'
  | 'sold-out'
  | 'draw'
  | 'draw-over'
  | 'won'
  | 'live'
  | 'host';

type Lines = Readonly<Record<Occasion, readonly string[]>>;

const en: Lines = {
  hello: [
    'hi everyone',
    'hello from Lisbon',
    'evening all',
    'just got here, what did I miss?',
    'hi {host}!',
    'hey, first time here',
  ],
  idle: [
    'the light in here is lovely',
    'sound is clear for me',
    'do you ship to Canada?',
    'how long does delivery take?',
    'watching while I cook dinner',
    'is this every week?',
    'love how calm this stream is',
    'how do returns work?',
    'what is behind you on the shelf?',
    'my sister sent me the link',
    'can you say the price again?',
    'back again for the second night',
    'what comes next?',
    'nice music',
    'is gift wrapping possible?',
    'one minute, getting tea',
    'camera is sharp today',
  ],
  product: [
    'what is the {product} made of?',
    'could you hold the {product} closer?',
    'does the {product} come in blue?',
    'I have the {product}, still like new after a year',
    'how do I wash the {product}?',
    'thinking about the {product} for my mum',
    'is the {product} heavy?',
    'the {product} looks better than in the photo',
    'how big is the {product}?',
    'would the {product} survive my kids?',
    'is the {product} made by hand?',
    'any other colours of the {product}?',
  ],
  soon: [
    'ok, waiting for the {product}',
    'finger on the button',
    'how many will there be?',
    'is it one each?',
    'that is a good price',
    'countdown!',
  ],
  open: [
    'go go go',
    'here we go',
    'so fast',
    'trying…',
    'button works for me',
    'who got one?',
    'wow, look at the bar',
  ],
  'got-one': [
    'got one!',
    'mine!',
    'yes, paid',
    'one {product} for me',
    'that went smoothly',
    'paid, thank you {host}',
  ],
  'sold-out': [
    'gone already?',
    'missed it by a second',
    'standing in line then',
    'will there be more?',
    'too slow again',
    'next time',
  ],
  draw: [
    'in for the draw',
    'fingers crossed',
    'what is in the bag?',
    'I never win these',
    'how long until the draw?',
  ],
  'draw-over': [
    'congratulations!',
    'who won?',
    'not me, of course',
    'well done, whoever it was',
    'nice, you can check the draw yourself',
  ],
  won: ['me? really?', 'I won!', 'oh wow, thank you {host}', 'first time I win anything', 'that is me!'],
  live: ['we are live', 'it starts!', 'finally', 'good evening {host}'],
  host: ['thanks {host}', 'good to know, thank you', 'that answers it', 'ah, I see', 'great, thanks'],
};

const zh: Lines = {
  hello: ['大家好', '晚上好', '刚来，错过什么了吗', '{host} 好呀', '第一次来', '杭州的来了'],
  idle: [
    '画面好清楚',
    '声音没问题',
    '几天能到？',
    '偏远地区包邮吗',
    '边吃饭边看',
    '每周都播吗？',
    '这间屋子好舒服',
    '可以退换吗？',
    '后面架子上是什么',
    '朋友推荐来的',
    '价格再说一遍可以吗',
    '又来啦',
    '下一个是什么？',
    '背景音乐好听',
    '能包装成礼物吗',
    '去倒杯茶',
    '今天人真多',
  ],
  product: [
    '{product} 是什么材质的？',
    '{product} 可以拿近一点看看吗',
    '{product} 还有别的颜色吗',
    '我有一个 {product}，用了一年还很新',
    '{product} 怎么洗？',
    '想给妈妈买 {product}',
    '{product} 重不重？',
    '{product} 比照片好看',
    '{product} 有多大？',
    '{product} 是手工做的吗',
    '小朋友用 {product} 会不会坏',
    '{product} 好心动',
  ],
  soon: ['等 {product}', '手已经放好了', '一共几件呀', '每人限一件吗？', '这个价格可以', '倒计时了'],
  open: ['冲冲冲', '开始了', '好快', '在抢了', '我这边可以点', '有人抢到吗？', '库存掉得好快'],
  'got-one': ['抢到了！', '拿下', '付好了', '{product} 到手', '很顺利', '谢谢 {host}，付款了'],
  'sold-out': ['这就没了？', '差一秒', '那就排队吧', '还会补货吗', '手慢了', '下次再来'],
  draw: ['参加抽奖了', '保佑我中', '福袋里是什么？', '我从来没中过', '还有多久开奖'],
  'draw-over': ['恭喜恭喜', '谁中了？', '果然不是我', '恭喜中奖的朋友', '可以自己验证，挺好'],
  won: ['是我？真的吗', '中了！', '哇，谢谢 {host}', '第一次中奖', '居然是我'],
  live: ['开播啦', '来了来了', '终于等到', '{host} 晚上好'],
  host: ['谢谢 {host}', '明白了', '原来如此', '收到', '好的，谢谢'],
};

const LINES: Readonly<Record<Tongue, Lines>> = { en, zh };
/** A line is not heard again before so many others. */
const REMEMBERED = 40;
const TRIES = 12;

/** Chooses words so that no line comes twice in a short time, and none that was refused comes again. */
export class Words {
  readonly #random: RandomSource;
  readonly #recent: string[] = [];
  readonly #refused = new Set<string>();

  constructor(random: RandomSource) {
    this.#random = random;
  }

  /** Undefined: nothing new comes to mind. */
  line(
    occasion: Occasion,
    tongue: Tongue,
    about: { product?: string | undefined; host: string },
  ): string | undefined {
    const lines = LINES[tongue][occasion];
    for (let i = 0; i < TRIES; i += 1) {
      const raw = lines[Math.floor(this.#random.next() * lines.length)] as string;
      if (raw.includes('{product}') && about.product === undefined) continue;
      const text = raw.replace('{product}', about.product ?? '').replace('{host}', about.host);
      if (this.note(text)) return text;
    }
    return undefined;
  }

  /** Whether it may be said now; then it is taken for said. */
  note(text: string): boolean {
    if (this.#recent.includes(text) || this.#refused.has(text)) return false;
    this.#recent.push(text);
    if (this.#recent.length > REMEMBERED) this.#recent.shift();
    return true;
  }

  /** The room does not want it. */
  refuse(text: string): void {
    this.#refused.add(text);
  }
}
