import { Decoder, Encoder, type Packet, PacketType } from 'socket.io-parser';
import { EncodedJson } from '../kernel/encoded.ts';

/** Socket.IO's encoder, but for answers that are JSON already. */
class AnswerEncoder extends Encoder {
  override encode(packet: Packet): ReturnType<Encoder['encode']> {
    const [answer] = Array.isArray(packet.data) ? (packet.data as unknown[]) : [];
    if (packet.type !== PacketType.ACK || !(answer instanceof EncodedJson)) return super.encode(packet);
    // Namespaces of ours have no name.
    return [`${PacketType.ACK}${packet.id}[${answer.json}]`];
  }
}

export const answerParser = { Encoder: AnswerEncoder, Decoder };
