import type { Type } from '@nestjs/common';

const whole = new WeakSet<object>();

/** The body is what the class says of its one member `value`: for a body whose members, or elements, are the client's own. */
export const WholeBody = (): ClassDecorator => (target) => void whole.add(target);

export const isWholeBody = (type: Type): boolean => whole.has(type);
