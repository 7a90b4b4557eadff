import Testing
import Vocabulary

@testable import People

struct MemberRulesTests {
    private static func member(_ role: Role, isActive: Bool = true) throws -> Member {
        let now = Timestamp(milliseconds: 1)
        return Member(
            id: .make(at: now), workspace: .make(at: now), email: try #require(EmailAddress("m@lantern.example")), name: "Bo", role: role,
            language: .en, isActive: isActive, createdAt: now)
    }

    /// The code of what happens; "none" when it is allowed.
    private func code(_ change: MemberChange, of member: Member, by actor: Member, owners: Int) -> String {
        do throws(PeopleError) {
            _ = try member.applying(change, by: actor, activeOwners: owners)
            return "none"
        } catch {
            return error.code
        }
    }

    @Test("owners change everybody, admins everybody but owners, agents nobody", arguments: Role.allCases, Role.allCases)
    func whoChangesWhom(actor: Role, target: Role) throws {
        let mayNot = actor == .agent || actor == .admin && target == .owner
        for role in Role.allCases where role != .owner || actor == .owner {
            let found = code(MemberChange(role: role), of: try Self.member(target), by: try Self.member(actor), owners: 2)
            #expect(found == (mayNot ? "people.forbidden" : "none"), "\(actor) makes \(target) \(role)")
        }
        for isActive in [true, false] {
            let found = code(MemberChange(isActive: isActive), of: try Self.member(target), by: try Self.member(actor), owners: 2)
            #expect(found == (mayNot ? "people.forbidden" : "none"), "\(actor) sets \(target) active \(isActive)")
        }
    }

    @Test("only an owner makes an owner", arguments: Role.allCases)
    func making(actor: Role) throws {
        let found = code(MemberChange(role: .owner), of: try Self.member(.agent), by: try Self.member(actor), owners: 1)
        #expect(found == (actor == .owner ? "none" : "people.forbidden"))
    }

    @Test(
        "the last active owner stays",
        arguments: [
            (MemberChange(role: .admin), true, 1, "people.last_owner"), (MemberChange(role: .agent), true, 1, "people.last_owner"),
            (MemberChange(isActive: false), true, 1, "people.last_owner"),
            (MemberChange(role: .admin, isActive: false), true, 1, "people.last_owner"),
            (MemberChange(role: .owner, isActive: true), true, 1, "none"), (MemberChange(), true, 1, "none"),
            (MemberChange(role: .admin), true, 2, "none"), (MemberChange(isActive: false), true, 2, "none"),
            (MemberChange(role: .admin), false, 1, "none"), (MemberChange(isActive: true), false, 1, "none"),
        ])
    func lastOwner(change: MemberChange, isActive: Bool, owners: Int, code expected: String) throws {
        #expect(code(change, of: try Self.member(.owner, isActive: isActive), by: try Self.member(.owner), owners: owners) == expected)
    }

    @Test("an inactive member manages nobody", arguments: Role.allCases)
    func inactive(role: Role) throws {
        #expect(try !Self.member(.owner, isActive: false).mayManage(role))
    }

    @Test("names in any script are taken, trimmed", arguments: ["Ada", "  Ada Lovelace ", "王小明", "👩‍👩‍👧‍👦🏮", "Łukasz O’Neil", "أحمد"])
    func names(typed: String) throws {
        #expect(try DisplayName(typed, field: .name).text == typed.trimmed)
    }

    @Test(
        "names that mislead or break lines are refused",
        arguments: [
            "", "   ", "a\u{0}b", "a\nb", "a\r\nb", "a\u{1B}[31mb", "a\u{2028}b", "evil\u{202E}gpj", "a\u{2066}b", "\u{200B}\u{200D}",
            "\u{3164}",
            String(repeating: "客", count: 101),
            String(repeating: "👩‍👩‍👧‍👦", count: 17), "a" + String(repeating: "\u{301}", count: 100_000),
        ])
    func refusedNames(typed: String) {
        #expect(throws: FieldFault.self) { try DisplayName(typed, field: .name).text }
    }
}
