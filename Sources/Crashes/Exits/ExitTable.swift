/// A text for people in both languages.
package struct Wording: Sendable, Equatable {
    package let english: String
    package let chinese: String

    package init(_ english: String, _ chinese: String) {
        self.english = english
        self.chinese = chinese
    }

    package func text(in language: CrashLanguage) -> String { language == .english ? english : chinese }
}

/// The languages of `switchboard why`.
package enum CrashLanguage: String, Sendable, CaseIterable {
    case english = "en"
    case chinese = "zh"
}

/// What an exit code or a signal means, and what to do.
package struct ExitMeaning: Sendable, Equatable {
    package enum Kind: String, Sendable {
        /// One that this program ends with.
        case own
        /// Of a shell, a container runtime or systemd.
        case foreign
        case signal
    }

    package let kind: Kind
    /// The exit code, or the signal's number.
    package let number: Int
    /// `EX_USAGE`, `SIGTERM`; empty where there is none.
    package let name: String
    package let meaning: Wording
    package let remedy: Wording

    init(_ kind: Kind, _ number: Int, _ name: String, _ meaning: Wording, _ remedy: Wording) {
        self.kind = kind
        self.number = number
        self.name = name
        self.meaning = meaning
        self.remedy = remedy
    }

    /// What a shell shows: a signal's number and 128.
    package var exitStatus: Int { kind == .signal ? number + 128 : number }
}

/// Every code that the program can end with, every signal, and what others around it use. docs/operations.md has the same table.
package enum ExitTable {
    /// In the order of their numbers: own codes, then those of others.
    package static let codes: [ExitMeaning] = ownCodes + foreignCodes
    /// 1 to 31; real-time signals are described by `meaning(ofSignal:)`.
    package static let signals: [ExitMeaning] = deadlySignals + otherSignals

    /// Nil beyond 0…255.
    package static func meaning(ofCode code: Int) -> ExitMeaning? {
        if let known = codes.first(where: { $0.number == code }) { return known }
        if let signal = meaning(ofSignal: code - 128) { return signal }
        if (200...245).contains(code) { return systemd(code) }
        guard (0...255).contains(code) else { return nil }
        return ExitMeaning(
            .foreign, code, "",
            Wording("no code of this program: something that started it, or another program, ended with it", "不是本程序的退出码：由启动它的程序或其他程序给出"),
            Wording("look at what starts the server: its script, unit or container", "检查启动服务的脚本、systemd 单元或容器"))
    }

    /// Nil beyond 1…64.
    package static func meaning(ofSignal number: Int) -> ExitMeaning? {
        if let known = signals.first(where: { $0.number == number }) { return known }
        guard (32...64).contains(number) else { return nil }
        return ExitMeaning(
            .signal, number,
            number < 34 ? "SIG\(number)" : number == 64 ? "SIGRTMAX" : number == 34 ? "SIGRTMIN" : "SIGRTMIN+\(number - 34)",
            Wording("a real-time signal, which this program does not use: somebody sent it", "实时信号，本程序并不使用：由其他进程发送"),
            Wording("find its sender: `switchboard why` names it where it could be seen", "找出发送者：能查到时 `switchboard why` 会给出"))
    }

    /// A code or signal as people write it: `143`, `SIGTERM`, `term`, `-15`, `EX_CONFIG`, `15/TERM`, `status=69`.
    /// - Returns: what it can mean, the likeliest first; empty when it is nothing of the kind.
    package static func meanings(of text: String) -> [ExitMeaning] {
        let trimmed = text.uppercased().filter { !$0.isWhitespace }
        let word = trimmed.hasPrefix("STATUS=") || trimmed.hasPrefix("CODE=") ? String(trimmed.split(separator: "=").last ?? "") : trimmed
        let first = word.split(separator: "/").first.map(String.init) ?? word
        guard first.utf8.count <= 16 else { return [] }
        guard let number = Int(first) else { return named(first) }
        if number < 0 { return [meaning(ofSignal: -max(number, -1_000))].compactMap { $0 } }
        // systemd writes a signal as 15/TERM.
        if word != first, let signal = meaning(ofSignal: number) { return [signal] }
        guard let code = meaning(ofCode: number) else { return [] }
        guard number > 0, number < 64, let signal = meaning(ofSignal: number) else { return [code] }
        return code.name.isEmpty && code.kind == .foreign ? [signal] : [code, signal]
    }

    private static func named(_ name: String) -> [ExitMeaning] {
        let all = codes + signals
        return all.filter { !$0.name.isEmpty && ($0.name == name || $0.name == "SIG" + name || $0.name == "EX_" + name) }
    }

    private static func systemd(_ code: Int) -> ExitMeaning {
        ExitMeaning(
            .foreign, code, "",
            Wording("systemd could not prepare the process: it never ran", "systemd 未能准备好进程，程序并未运行"),
            Wording(
                "`systemctl status` names the line of the unit (200 WorkingDirectory, 203 the program, 216 group, 217 user, 226 a path)",
                "运行 `systemctl status` 查看单元中的哪一行出错（200 工作目录，203 程序，216 组，217 用户，226 路径）"))
    }
}
