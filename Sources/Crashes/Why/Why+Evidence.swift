extension Why {
    /// What the sentence rests on: name and value, in the order of weight.
    package var evidence: [(name: String, value: String)] {
        var lines: [(name: String, value: String)] = [(say("When", "时间"), whenWords)]
        if let how { lines.append((say("How", "方式"), how)) }
        if let stage = certificate.stage { lines.append((say("Stage", "阶段"), "\(stage.number) \(stage.name)")) }
        if let build = certificate.build { lines.append((say("Build", "构建"), build)) }
        if let resources { lines.append((say("Used", "资源"), resources)) }
        if !certificate.inFlight.isEmpty { lines.append((say("In flight", "处理中"), inFlightWords)) }
        if let held = certificate.held, !held.isEmpty {
            let words = held.map { say("\($0.fingerprint) as incident \($0.incident)", "\($0.fingerprint)，事件编号 \($0.incident)") }
            lines.append((say("Held back", "已拦下"), words.joined(separator: "; ")))
        }
        if let incident = certificate.incident { lines.append((say("Incident", "事件编号"), incident)) }
        if let signature = certificate.crash?.signature { lines.append((say("Signature", "特征"), signature)) }
        if !certificate.missing.isEmpty {
            lines.append((say("Not known", "缺失"), certificate.missing.map(missingWords).joined(separator: say("; ", "；"))))
        }
        return lines
    }

    private var whenWords: String {
        var words = WhyFigure.moment(certificate.endedAt)
        if let uptime = certificate.uptime {
            let lapse = WhyFigure.lapse(uptime, in: language)
            words += say(", after \(lapse)", "，此前运行 \(lapse)")
        }
        if let row = certificate.inRow, row > 1 { words += say("; \(row) ends in a row", "；连续第 \(row) 次") }
        return words
    }

    /// The signal or the exit code with its meaning.
    private var how: String? {
        if let number = certificate.signal, [.hang, .hangAtStart].contains(certificate.cause) {
            let name = ExitTable.meaning(ofSignal: number)?.name ?? ""
            return say("ended by the supervisor, with signal \(number) \(name)", "由监督进程以信号 \(number) \(name) 结束")
        }
        if let number = certificate.signal {
            let meaning = ExitTable.meaning(ofSignal: number)
            return say(
                "signal \(number) \(meaning?.name ?? "") (a shell shows \(number + 128)): ",
                "信号 \(number) \(meaning?.name ?? "")（shell 显示 \(number + 128)）：")
                + (meaning?.meaning.text(in: language) ?? "")
        }
        guard let code = certificate.exitCode else { return nil }
        let meaning = ExitTable.meaning(ofCode: code)?.meaning.text(in: language) ?? ""
        return say("exit code \(code): \(meaning)", "退出码 \(code)：\(meaning)")
    }

    private var resources: String? {
        var parts: [String] = []
        let used = certificate.resources
        if let peak = used.memoryPeak { parts.append(say("\(WhyFigure.memory(peak)) at most", "内存峰值 \(WhyFigure.memory(peak))")) }
        if let limit = used.memoryLimit { parts.append(say("limit \(WhyFigure.memory(limit))", "上限 \(WhyFigure.memory(limit))")) }
        if let user = used.userTime, let system = used.systemTime {
            let lapse = WhyFigure.lapse(user &+ system, in: language)
            parts.append(say("\(lapse) of processor", "处理器 \(lapse)"))
        }
        if let kills = used.memoryKills, kills > 0 { parts.append(say("\(kills) kills for memory", "因内存被杀 \(kills) 次")) }
        return parts.isEmpty ? nil : parts.joined(separator: say(", ", "，"))
    }

    private var inFlightWords: String {
        let all = certificate.inFlight.count + certificate.inFlightOmitted
        let oldest = certificate.inFlight.prefix(3).map { one in
            let age = one.age.map { " " + WhyFigure.lapse($0, in: language) } ?? ""
            return "\(one.kind) \(one.request ?? "–") \(WhyFigure.size(one.bytes))\(age)"
        }
        return say("\(all); the oldest: ", "\(all) 个，最早的：") + oldest.joined(separator: "; ")
    }

    func missingWords(_ missing: MissingEvidence) -> String {
        switch missing {
        case .death: say("how it ended (the supervisor was ended, too)", "结束方式（监督进程也被结束）")
        case .blackBox: say("the flight recorder", "飞行记录")
        case .backtraceTool: say("the stack: no `swift-backtrace` is beside the program", "调用栈：程序旁没有 `swift-backtrace`")
        case .backtraceTimeout: say("the stack: it was not written in time", "调用栈：未能及时写出")
        case .backtrace: say("the stack", "调用栈")
        case .sameBuild: say("names of functions: another build ended than the one that looks", "函数名：结束的构建与当前程序不同")
        case .symbols: say("names of functions: they could not be read", "函数名：无法读取")
        case .sender: say("who sent the signal", "信号发送者")
        }
    }

    /// One line a frame of the stack, the innermost first.
    package var frameLines: [String] {
        (certificate.crash?.frames ?? []).map { frame in
            if frame.kind == .omitted {
                let count = frame.count.map { String($0) } ?? "…"
                return say("… \(count) more", "… 另有 \(count) 层")
            }
            let name = frame.function ?? frame.image ?? frame.address ?? "?"
            let mark = frame.kind == .async ? say(" [awaits]", " [等待中]") : frame.kind == .inlined ? say(" [inlined]", " [内联]") : ""
            return name + mark + (frame.location.map { "  \($0)" } ?? "")
        }
    }
}
