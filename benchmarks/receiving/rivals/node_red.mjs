// Node-RED's mqtt-in to a file, not durable: HOST PORT CLIENT TOPIC COUNT OUT [CA CERT KEY]; prints begin and end.
// The runtime without its editor; one flow: mqtt in → file. `begin` is said when the flow is started.
import fs from "node:fs";
import http from "node:http";
import os from "node:os";
import path from "node:path";
import RED from "node-red";

const [host, port, clientId, topic, count, out, ca, cert, key] = process.argv.slice(2);
const tell = (word) => {
  const { user, system } = process.cpuUsage();
  console.log(word, process.hrtime.bigint().toString(), user + system);
};
const userDir = fs.mkdtempSync(path.join(os.tmpdir(), "node-red-"));
const flow = [
  { id: "tab", type: "tab", label: "drain" },
  {
    id: "broker", type: "mqtt-broker", broker: host, port, clientid: clientId, protocolVersion: "5", cleansession: false,
    sessionExpiry: "3600", keepalive: "60", usetls: Boolean(ca), tls: ca ? "tls" : "", autoConnect: true,
  },
  { id: "in", type: "mqtt in", z: "tab", topic, qos: "1", datatype: "buffer", broker: "broker", nl: true, rh: 1, wires: [["out"]] },
  { id: "out", type: "file", z: "tab", filename: out, filenameType: "str", appendNewline: true, overwriteFile: "false", wires: [[]] },
];
if (ca) flow.push({ id: "tls", type: "tls-config", cert, key, ca, verifyservercert: true, servername: host });
fs.writeFileSync(path.join(userDir, "flows.json"), JSON.stringify(flow));
let taken = 0;
const settings = {
  httpAdminRoot: false, httpNodeRoot: false, userDir, flowFile: "flows.json", disableEditor: true,
  logging: { console: { level: "fatal" } }, telemetry: { enabled: false, updateNotification: false },
};
RED.init(http.createServer(), settings);
RED.hooks.add("onReceive.count", (event) => {
  taken += event.destination.id === "out";
  if (taken !== Number(count)) return;
  taken += 1;
  tell("end");
  setTimeout(() => process.exit(0), 1500); // its acknowledgements are on the way
});
RED.events.once("flows:started", () => tell("begin"));
await RED.start();
