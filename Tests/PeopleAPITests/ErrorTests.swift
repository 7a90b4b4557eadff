import HTTPTypes
import People
import Testing
import Vocabulary
import WebServer

@testable import PeopleAPI

struct PeopleErrorTests {
    @Test(
        "every refusal has its status, its code and a sentence that says what to do",
        arguments: [
            (PeopleError.signedOut, 401, "people.signed_out"), (.forbidden, 403, "people.forbidden"),
            (.signInRefused, 401, "people.sign_in_refused"), (.passwordWrong, 403, "people.password_wrong"),
            (.tooManyTries(retryAfter: .seconds(7)), 429, "people.too_many_tries"), (.emailTaken, 409, "people.email_taken"),
            (.alreadySetUp, 409, "people.already_set_up"), (.setupTokenRefused, 403, "people.setup_token"),
            (.lastOwner, 409, "people.last_owner"), (.memberUnknown, 404, "people.member_unknown"),
            (.sessionUnknown, 404, "people.session_unknown"), (.invitationUnknown, 404, "people.invitation_unknown"),
            (.cursorInvalid, 400, "people.cursor_invalid"), (.busy, 503, "people.busy"),
            (.passwordsUnavailable, 500, "people.passwords_unavailable"),
            (.invalid([FieldFault(field: .email, reason: .email)]), 422, "people.email_invalid"),
        ])
    func problems(error: PeopleError, status: Int, code: String) {
        let problem = error.problem()
        #expect(problem.status.code == status && problem.code == code)
        #expect(problem.detail.hasSuffix("."))
    }

    @Test(
        "waiting is told in whole seconds, never too few",
        arguments: [(1, "1"), (999, "1"), (1_000, "1"), (1_001, "2"), (60_000, "60"), (0, "1")])
    func retryAfter(milliseconds: Int, header: String) {
        #expect(PeopleError.tooManyTries(retryAfter: .milliseconds(milliseconds)).problem().headers[.retryAfter] == header)
    }
}
