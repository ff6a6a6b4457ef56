/**
 * Libraries that come without types, as far as we call them.
 */
declare module "acuityscheduling" {
  const acuity: {
    /** Throws where the signature is not of this body and key. */
    verifyMessageSignature(secret: string, body: string, signature: string): void;
  };
  export default acuity;
}

declare module "sns-validator" {
  export default class MessageValidator {
    validate(message: unknown, done: (error: Error | null) => void): void;
  }
}
