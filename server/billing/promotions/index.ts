export {
  createPromotion,
  endPromotion,
  listAllPromotions,
  listPromotions,
  type NewPromotion,
  type Promotion,
} from "./promotions";
export { listRedemptions, type Redeemed, type Redeeming, redeemPromotion, redeemPromotionIn } from "./redeem";
