import Vocabulary

extension Why {
    /// The whole answer of `switchboard why`.
    /// - Parameters:
    ///   - folder: where the evidence lies.
    ///   - naming: whether names of functions may still come.
    package func text(folder: String, naming: FrameNaming = .done) -> String {
        var lines = [sentence, ""]
        if certificate.crash != nil, let note = note(on: naming) { lines += [note, ""] }
        let evidence = evidence
        let width = evidence.map { Self.width($0.name) }.max() ?? 0
        lines += evidence.map { $0.name + Self.space(width - Self.width($0.name) + 2) + $0.value }
        lines += section(say("Stack", "调用栈"), shownFrames)
        lines += section(say("Threads", "线程"), Array((certificate.hang?.threads ?? []).prefix(20)))
        lines += section(say("Last records", "最后的日志"), certificate.log.suffix(12).map(Self.record))
        lines += ["", say("What to do", "处理办法")] + remedies.map { "  – " + $0 }
        lines += ["", say("Evidence: ", "证据：") + folder]
        return lines.joined(separator: "\n")
    }

    /// Why the stack has no names yet.
    private func note(on naming: FrameNaming) -> String? {
        switch naming {
        case .done: return nil
        case .running(let milliseconds):
            let lapse = WhyFigure.lapse(milliseconds, in: language)
            return say(
                "The names of functions are being looked up since \(lapse); that takes some seconds. Ask again for them.",
                "正在查找函数名（已用时 \(lapse)），需要数秒。请稍后再次查询。")
        case .due:
            return say(
                "The names of functions will be looked up as soon as the next worker serves. Ask again in some seconds.",
                "下一个工作进程就绪后将查找函数名。请数秒后再次查询。")
        }
    }

    private func section(_ title: String, _ lines: [String]) -> [String] {
        lines.isEmpty ? [] : ["", title] + lines.map { "  " + $0 }
    }

    private var shownFrames: [String] {
        let lines = frameLines
        guard lines.count > 24 else { return lines }
        return lines.prefix(23) + [say("… \(lines.count - 23) more in certificate.json", "… 其余 \(lines.count - 23) 层见 certificate.json")]
    }

    static func record(_ record: CertificateRecord) -> String {
        let time = Timestamp(milliseconds: record.at).rfc3339.dropFirst(11).dropLast(1)
        return "\(time) \(record.level) \(Printable.line(record.text, limit: 300))"
    }

    /// Columns on a terminal: Chinese characters take two.
    static func width(_ text: String) -> Int {
        text.unicodeScalars.reduce(0) { $0 + ($1.value >= 0x2E80 ? 2 : 1) }
    }

    static func space(_ count: Int) -> String { String(repeating: " ", count: max(0, count)) }
}

extension Refusal {
    /// What `switchboard why` says of it.
    package func text(in language: CrashLanguage) -> String {
        let meaning = ExitTable.meaning(ofCode: exitCode)
        let stageName = stage.map { $0.name.isEmpty ? "\($0.number)" : $0.name } ?? "?"
        let time = at > 0 ? WhyFigure.moment(at) : "?"
        let words = sentence.isEmpty ? meaning?.meaning.text(in: language) ?? "" : sentence
        let advice = meaning?.remedy.text(in: language) ?? ""
        let remedy = advice.prefix(1).uppercased() + advice.dropFirst()
        return language == .english
            ? "The server refused to start: \(words)\n\nWhen   \(time)\nStage  \(stageName)\nCode   \(exitCode) \(meaning?.name ?? ""): \(meaning?.meaning.english ?? "")\n\nWhat to do\n  – \(remedy)"
            : "服务拒绝启动：\(words)\n\n时间    \(time)\n阶段    \(stageName)\n退出码  \(exitCode) \(meaning?.name ?? "")：\(meaning?.meaning.chinese ?? "")\n\n处理办法\n  – \(remedy)"
    }
}

extension ExitMeaning {
    /// What `switchboard why 143` says.
    package func text(in language: CrashLanguage) -> String {
        let isEnglish = language == .english
        let title =
            switch kind {
            case .signal:
                isEnglish
                    ? "\(exitStatus) = 128 + \(number): signal \(number), \(name)" : "\(exitStatus) = 128 + \(number)：信号 \(number)，\(name)"
            case .own, .foreign: (isEnglish ? "exit code \(number)" : "退出码 \(number)") + (name.isEmpty ? "" : " \(name)")
            }
        return "\(title)\n  \(meaning.text(in: language))\n  → \(remedy.text(in: language))"
    }
}
