/** A shop is made from its name; the rest is set on its own page. */
import { choice, field } from '#/js/elements/fields.js';
import { form } from '#/js/elements/forms.js';
import { pathTo } from '#/js/models/router.js';
import { t } from '#/js/models/words.js';
import { settingsPage } from '#/js/pages/parts.js';
import { originsOf } from '#/js/pages/shop-sites.js';
import { shopLanguages } from '#/js/pages/setup.js';

/** @param {import('#/js/console.js').Console} console */
export function newShopPage(console) {
  const name = field({ label: t('shop.name'), name: 'name', required: true, hint: t('setup.shop.hint'), maxlength: 100 });
  const language = choice({ label: t('shop.language'), name: 'language', value: 'auto', options: shopLanguages() });
  const origins = field({ label: t('shop.origins'), name: 'origins', rows: 2, hint: t('shop.origins.hint') });
  const act = async () => {
    const sites = originsOf(origins);
    if (!sites) return;
    const shop = await console.api.createShop({
      name: name.value.trim(),
      language: /** @type {'en'|'zh'|'auto'} */ (language.value),
      origins: sites,
    });
    console.desk?.team.putShop(shop);
    console.replace(`${pathTo({ name: 'shop', id: shop.id })}#welcome`);
  };
  queueMicrotask(() => name.input.focus());
  return settingsPage(
    { title: t('shops.new') },
    form({ fields: [name, language, origins], submit: t('shop.create'), act, name: t('shops.new') }),
  );
}
