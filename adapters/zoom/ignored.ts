/**
 * Zoom's events that produce no call.
 */
import { ignoring } from "../../src/contract/adapter.ts";

/** Events that are ignored, and why. */
export const IGNORED = {
  // @see https://github.com/zoom/rivet-javascript/blob/main/meetings/meetings.d.ts
  ...ignoring(
    "about the session, not a participant",
    `${ofBoth("created updated deleted permanently_deleted recovered started ended alert sharing_started sharing_ended")}
      meeting.converted_to_webinar webinar.converted_to_meeting meeting.live_streaming_started meeting.live_streaming_stopped
      meeting.risk_alert meeting.device_tested meeting.summary_completed meeting.summary_updated meeting.summary_shared
      meeting.summary_deleted meeting.summary_recovered meeting.summary_trashed`,
  ),
  ...ignoring(
    "an intermediate step of joining",
    `meeting.participant_jbh_waiting meeting.participant_jbh_waiting_left meeting.participant_jbh_joined
      meeting.participant_joined_waiting_room meeting.participant_put_in_waiting_room meeting.participant_left_waiting_room
      meeting.participant_admitted ${ofBoth("participant_bind")}
      meeting.invitation_dispatched meeting.invitation_accepted meeting.invitation_rejected meeting.invitation_timeout`,
  ),
  ...ignoring(
    "of no meaning outside the session",
    `${ofBoth("participant_role_changed chat_message_sent chat_message_file_sent chat_message_file_downloaded")}
      meeting.participant_joined_breakout_room meeting.participant_left_breakout_room
      meeting.breakout_room_sharing_started meeting.breakout_room_sharing_ended`,
  ),
  ...ignoring("names neither an address nor a registration", ofBoth("participant_feedback")),
  ...ignoring(
    "about the recording, not a person",
    `recording.started recording.paused recording.resumed recording.stopped recording.completed recording.transcript_completed
      recording.renamed recording.trashed recording.deleted recording.recovered recording.batch_trashed recording.batch_deleted
      recording.batch_recovered recording.archive_files_completed recording.cloud_storage_usage_updated`,
  ),
  ...ignoring(
    "a user of the account is staff",
    `user.created user.updated user.deleted user.activated user.deactivated user.disassociated user.invitation_accepted
      user.settings_updated user.signed_in user.signed_out user.presence_status_updated user.personal_notes_updated`,
  ),
  ...ignoring(
    "about the event, not a guest",
    `zoom_events.event_published zoom_events.event_updated zoom_events.event_cancelled zoom_events.event_duplicated
      zoom_events.session_created zoom_events.session_updated zoom_events.session_deleted zoom_events.session_ended
      zoom_events.speaker_created zoom_events.speaker_updated zoom_events.speaker_deleted`,
  ),
  ...ignoring("about the app, not a person", "app_deauthorized app.authorization_request_created"),
};

/** Types that webinars and meetings share. */
function ofBoth(changes: string): string {
  return ["webinar", "meeting"].flatMap((kind) => changes.split(" ").map((change) => `${kind}.${change}`)).join(" ");
}
