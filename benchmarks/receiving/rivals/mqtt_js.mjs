// mqtt.js to a file, not durable: HOST PORT CLIENT TOPIC COUNT OUT [CA CERT KEY]; prints begin and end.
import fs from "node:fs";
import mqtt from "mqtt";

const [host, port, clientId, topic, count, out, ca, cert, key] = process.argv.slice(2);
const file = fs.createWriteStream(out);
const tell = (word) => {
  const { user, system } = process.cpuUsage();
  console.log(word, process.hrtime.bigint().toString(), user + system);
};
tell("begin");
const secure = ca ? { ca: fs.readFileSync(ca), cert: fs.readFileSync(cert), key: fs.readFileSync(key) } : {};
const client = mqtt.connect({
  protocol: ca ? "mqtts" : "mqtt", host, port: Number(port), clientId, clean: false, protocolVersion: 5,
  properties: { sessionExpiryInterval: 3600, receiveMaximum: 20000 }, ...secure,
});
let taken = 0;
client.on("connect", () => client.subscribe(topic, { qos: 1, nl: true, rh: 1 }));
client.on("message", (_, payload) => {
  file.write(payload);
  file.write("\n");
  taken += 1;
  if (taken === Number(count)) {
    tell("end");
    client.end(false, () => file.end(() => process.exit(0)));
  }
});
