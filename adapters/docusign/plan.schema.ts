/**
 * DocuSign and the tracking plan.
 */
import { adapterPlan, event, family, text } from "../../src/vocabulary/adapter-plan.schema.ts";

const optional = {
  document_id: text("id of the envelope"),
  document_name: text("subject of the envelope"),
  sender_name: text("name of the sender"),
  reason: text("why it was declined or withdrawn, in their words"),
};
const example = { document_id: "93be49ab-afa0-4adf-933c-f752070d71ec", document_name: "Contract" };

/** Events that DocuSign alone has. */
export const DOCUSIGN = family("DocuSign", "Documents that a person is asked to sign.", {
  "Document Sent": event({ when: "It became a person's turn to sign.", optional, example }),
  "Document Viewed": event({ when: "A person opened a document that they are to sign.", optional, example }),
  "Document Signed": event({ when: "A person signed.", optional, example }),
  "Document Declined": event({ when: "A person declined to sign.", optional, example }),
  "Document Completed": event({ when: "All have signed: one event for each of them.", optional, example }),
  "Document Voided": event({ when: "The sender withdrew a document: one event for each signer.", optional, example }),
});

export default adapterPlan({ families: [], own: DOCUSIGN });
